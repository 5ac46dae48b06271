import '../shared/base.css';
import '../shared/controls.css';
import '../shared/surfaces.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/forms.css';
import './styles/sessions.css';
import './styles/editor.css';
import './styles/people.css';
import './styles/live.css';
import './styles/insights.css';
import './styles/charts.css';
// What is otherwise where there is little room comes after everything that it changes.
import './styles/little_room.css';
import './styles/print.css';

import { render } from 'preact';
import { LANGUAGE } from '../shared/language.ts';
import { Console } from './console.tsx';
import { startRouter } from './router.ts';
import { enter } from './who.ts';

document.documentElement.lang = LANGUAGE;
const root = document.getElementById('app');
if (root) {
  startRouter();
  render(<Console />, root);
  void enter();
}
