// A button beside each password that shows what was typed: without it, people who copy a password
// from a mail cannot find their mistake.
for (const input of document.querySelectorAll("input[data-show]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = input.dataset.show;
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", input.id);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => show(input.type === "password"));
  // Hidden again before it is sent, so that browsers do not keep it as a text once typed.
  input.form.addEventListener("submit", () => show(false));
  input.after(button);
}
