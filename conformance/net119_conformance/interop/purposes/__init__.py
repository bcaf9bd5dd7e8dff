"""What is judged of a pair: one system originates the call, the other receives it."""
