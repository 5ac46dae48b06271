import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { type Answer, call } from '../client.ts';
import { keepFocus } from '../parts/focus.ts';
import { tell, warn } from '../parts/said.tsx';
import { may } from '../who.ts';
import { t } from '../words.ts';
import { EditConflict } from './edit_conflict.tsx';
import { clashing, type Doc, docOf, type Patch, patched, sentOf, undone } from './edits.ts';

/** What is known of the edits, and which version that was. */
interface Known {
  doc: Doc;
  etag: string;
}

/** Two have changed the same: which of both is kept is asked. */
interface Clash {
  mine: Patch;
  before: Doc;
  theirs: Known;
  decide: (choice: 'mine' | 'theirs' | 'later') => void;
}

/** How what was found is changed. */
export interface Editor {
  /** Saves a change, and says so. False where one would rather go on editing. */
  save: (make: (doc: Doc) => Patch, said: string) => Promise<Answer<boolean>>;
  /** The same for what has no form: what fails is said. */
  act: (make: (doc: Doc) => Patch, said: string) => Promise<void>;
  /** Steps that can be undone, the last one last. */
  past: readonly { patch: Patch; said: string }[];
  undo: () => Promise<void>;
  busy: boolean;
  clash: Clash | null;
}

const done = (value: boolean): Answer<boolean> => ({ ok: true, value, etag: null });

/** Changes what was found in a session; `again` reads the report anew. */
export function useEditor(session: string, again: () => Promise<void>): Editor {
  const known = useRef<Known | null>(null);
  const [past, setPast] = useState<Editor['past']>([]);
  const [busy, setBusy] = useState(false);
  const [clash, setClash] = useState<Clash | null>(null);

  const read = async (): Promise<Answer<Known>> => {
    const answer = await call('GET /sessions/{id}/insights/edits', { path: { id: session } });
    return answer.ok ? { ...answer, value: { doc: docOf(answer.value), etag: answer.etag ?? '' } } : answer;
  };
  // Somebody else's change is noticed by what one has seen before one began.
  useEffect(() => {
    known.current = null;
    setPast([]);
    if (may('edit_insights')) void read().then((answer) => answer.ok && (known.current ??= answer.value));
  }, [session]);

  const put = async (from: Known, patch: Patch): Promise<Answer<boolean>> => {
    const body = sentOf(patched(from.doc, patch));
    const answer = await call('PUT /sessions/{id}/insights/edits', { path: { id: session }, headers: { 'if-match': from.etag }, body });
    if (!answer.ok) return answer;
    known.current = { doc: docOf(answer.value), etag: answer.etag ?? '' };
    return done(true);
  };

  /** Puts it. Where somebody else was here, what they have left as it was is no conflict. */
  const settle = async (make: (doc: Doc) => Patch): Promise<Answer<boolean> & { undo?: Patch }> => {
    if (!known.current) {
      const answer = await read();
      if (!answer.ok) return answer;
      known.current = answer.value;
    }
    const from = known.current;
    const patch = make(from.doc);
    const first = await put(from, patch);
    if (first.ok) return { ...first, undo: undone(from.doc, patch) };
    if (first.problem.code !== 'outdated') return first;
    const fresh = await read();
    if (!fresh.ok) return fresh;
    const before = from.doc;
    const theirs = fresh.value;
    const both = clashing(before, theirs.doc, patch);
    if (both.summary || both.themes.length > 0) {
      const choice = await new Promise<'mine' | 'theirs' | 'later'>((decide) => setClash({ mine: patch, before, theirs, decide }));
      setClash(null);
      if (choice === 'later') return done(false);
      if (choice === 'theirs') {
        known.current = theirs;
        return { ...done(true), undo: patch };
      }
    }
    return { ...(await put(theirs, patch)), undo: undone(theirs.doc, patch) };
  };

  const save = async (make: (doc: Doc) => Patch, said: string): Promise<Answer<boolean>> => {
    setBusy(true);
    const answer = await settle(make);
    setBusy(false);
    if (!answer.ok || !answer.value) return answer;
    const back = answer.undo;
    if (back) setPast((before) => [...before, { patch: back, said }]);
    tell(said);
    await again();
    keepFocus();
    return answer;
  };
  const failing = async (answer: Promise<Answer<boolean>>) => {
    const told = await answer;
    if (!told.ok && told.problem.code !== 'unauthenticated') warn(told.problem.detail);
    return told;
  };
  const undo = async () => {
    const last = past.at(-1);
    if (!last || busy) return;
    setBusy(true);
    const answer = await failing(settle(() => last.patch));
    setBusy(false);
    if (!answer.ok || !answer.value) return;
    setPast((before) => before.slice(0, -1));
    tell(t('edits.undone'));
    await again();
    keepFocus();
  };
  return { save, act: async (make, said) => void (busy || (await failing(save(make, said)))), past, undo, busy, clash };
}

/** What was changed last, and the way back. It stays in sight. */
export function EditBar({ editor: { past, undo, busy, clash } }: { editor: Editor }) {
  const last = past.at(-1);
  return (
    <>
      {last && (
        <div class="savebar" role="region" aria-label={t('save.bar')}>
          <p>{last.said}</p>
          <div class="acts">
            <Button icon="undo" kind="plain" busy={busy} onClick={() => void undo()}>
              {t('save.undo')}
            </Button>
          </div>
        </div>
      )}
      {clash && <EditConflict mine={clash.mine} before={clash.before} theirs={clash.theirs.doc} decide={clash.decide} />}
    </>
  );
}
