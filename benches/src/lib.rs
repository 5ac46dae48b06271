//! Benches of what must be fast; `colloquy bench` measures whole conversations, and who speaks when in them.
