//! Scripts on a manual clock, one file for each kind of thing that happens.

mod answers;
mod buttons;
mod consent;
mod floor;
mod judging;
mod meaning;
mod model;
mod properties;
mod resting;
mod rig;
mod typing;
