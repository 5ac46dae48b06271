import '../shared/base.css';
import '../shared/controls.css';
import '../shared/surfaces.css';
import './participant.css';
import './screens/before.css';
import './screens/beside.css';
import './talk/talk.css';
import './talk/orb.css';
import './talk/lines.css';
import './talk/panels.css';
import './talk/controls.css';
// What is otherwise where there is little room comes after everything that it changes.
import './talk/little_room.css';

import { render } from 'preact';
import { LANGUAGE } from '../shared/messages.ts';
import { Controller } from './controller.ts';
import { followBack } from './history.ts';
import { Page } from './page.tsx';

/** A personal link is `/i/{token}`. */
const token = decodeURIComponent(window.location.pathname.split('/')[2] ?? '');
const root = document.getElementById('app');
document.documentElement.lang = LANGUAGE;

if (root) {
  const controller = new Controller(token);
  render(<Page controller={controller} />, root);
  followBack(controller);
  if (typeof AudioContext === 'undefined' || typeof HTMLDialogElement === 'undefined') {
    controller.dispatch({ type: 'trouble', trouble: 'unsupported' });
  } else {
    void controller.load();
  }
}
