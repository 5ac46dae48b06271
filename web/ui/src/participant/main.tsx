import '../shared/base.css';
import './participant.css';
import './talk/talk.css';

import { render } from 'preact';
import { LANGUAGE } from '../shared/messages.ts';
import { Controller } from './controller.ts';
import { Page } from './page.tsx';

/** A personal link is `/i/{token}`. */
const token = decodeURIComponent(window.location.pathname.split('/')[2] ?? '');
const root = document.getElementById('app');
document.documentElement.lang = LANGUAGE;

if (root) {
  const controller = new Controller(token);
  render(<Page controller={controller} />, root);
  if (typeof AudioContext === 'undefined' || typeof HTMLDialogElement === 'undefined') {
    controller.dispatch({ type: 'trouble', trouble: 'unsupported' });
  } else {
    void controller.load();
  }
}
