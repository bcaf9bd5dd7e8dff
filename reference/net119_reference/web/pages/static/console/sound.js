// A new call is heard until somebody takes it. Browsers let a page sound only after somebody has
// touched it: until then the page says so and offers the button.
// Only a live call sounds the alarm (I5): drills have a tone of their own, practice and tests a
// soft chime.
(function () {
  "use strict";
  const C = window.net119Console;
  const TONES = {   // Hz and seconds of each note, how loud, and how often it comes again
    live: { notes: [[880, 0.18], [1175, 0.18], [880, 0.18], [1175, 0.18]], gain: 0.5, every: 1500 },
    drill: { notes: [[523, 0.3], [392, 0.3]], gain: 0.3, every: 3000 },
    practice: { notes: [[330, 0.5]], gain: 0.12, every: 6000 },
    test: { notes: [[294, 0.5]], gain: 0.12, every: 6000 },
  };
  const RANK = ["live", "drill", "practice", "test"];
  const button = C.byId("sound");
  let audio = null, wanted = null, timer = null, muted = false;

  function play(mode) {
    const tone = TONES[mode];
    let at = audio.currentTime + 0.02;
    tone.notes.forEach(([hertz, seconds]) => {
      const source = audio.createOscillator(), volume = audio.createGain();
      source.type = mode === "live" ? "square" : "sine";
      source.frequency.value = hertz;
      volume.gain.setValueAtTime(tone.gain, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
      source.connect(volume).connect(audio.destination);
      source.start(at);
      source.stop(at + seconds);
      at += seconds;
    });
    button.setAttribute("data-played", mode);
  }
  const able = () => audio !== null && audio.state === "running" && !muted;
  function ring() {
    clearTimeout(timer);
    timer = null;
    if (wanted === null || !able()) { return; }
    play(wanted);
    timer = setTimeout(ring, TONES[wanted].every);
  }
  function show() {
    button.setAttribute("data-state", able() ? "on" : muted ? "muted" : "off");
    button.setAttribute("aria-pressed", able() ? "true" : "false");
    C.tell(button, able() ? C.t("sound-on") : muted ? C.t("sound-muted") : C.t("sound-off"));
  }
  async function start() {
    if (audio === null) {
      audio = new AudioContext();
      audio.onstatechange = () => { show(); ring(); };
    }
    await audio.resume();
    show();
    ring();
  }
  button.addEventListener("click", () => {
    if (able()) { muted = true; show(); ring(); return; }
    muted = false;
    start().then(() => { if (wanted === null && able()) { play("practice"); } });
  });
  // Any touch of the page will do: nobody should have to think of the button. Not before the touch
  // is over: the button's shorter text may move what is touched away, and the click is lost.
  // The button does for itself what it says: were the sound already on, its click would mute.
  const first = (event) => { if (audio === null && !button.contains(event.target)) { start(); } };
  addEventListener("click", first, { once: true, capture: true });
  addEventListener("keydown", first, { once: true, capture: true });

  C.on("calls", () => {
    const ringing = [...C.store.calls.values()].filter((e) => e.call && C.store.ringing(e));
    const modes = ringing.map((e) => e.call.mode).concat(C.alarms ? C.alarms.waiting().map((one) => one.mode) : []);
    const next = RANK.find((mode) => modes.includes(mode)) || null;
    if (next !== wanted) { wanted = next; ring(); }
  });
  show();
})();
