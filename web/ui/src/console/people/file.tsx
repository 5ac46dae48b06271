import { useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import type { OneOfMany, Preview } from '../../wire/api_types.ts';
import { type Answer, call, type Problem } from '../client.ts';
import { Switch } from '../parts/field.tsx';
import { keepFocus } from '../parts/focus.ts';
import { Failure, Notice } from '../parts/notice.tsx';
import { say } from '../parts/said.tsx';
import { count, t } from '../words.ts';
import { uuid } from './uuid.ts';

/** As many as the server takes at once. */
const AT_ONCE = 500;
/** Lines that are shown: more than that nobody reads here, and the numbers say the rest. */
const SHOWN = 100;

/** What could not be taken, or need not be, by its line. */
function Lines({ title, lines }: { title: string; lines: readonly { line: number; text: string }[] }) {
  if (lines.length === 0) return null;
  return (
    <details class="lines" open={lines.length <= 5}>
      <summary>{title}</summary>
      <ul>
        {lines.slice(0, SHOWN).map((one) => (
          <li key={`${one.line}${one.text}`}>
            <span class="soft">{t('file.line', { line: one.line })}</span> {one.text}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What is sent at once. */
interface Part {
  /** Its keys, with mail and without: with the other choice it is another request. */
  mailed: string;
  silent: string;
  people: OneOfMany[];
}

/** Invites many out of a file: it is read and shown first, and nobody is invited before the admin says so. */
export function FromFile({ session, onInvited }: { session: string; onInvited: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [mail, setMail] = useState(true);
  // What was not sent yet, with keys for each part, with mail and without: a part that is sent again after its answer was lost
  // invites nobody twice.
  const parts = useRef<Part[]>([]);
  const [left, setLeft] = useState(0);
  const stopped = useRef(false);

  const read = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setProblem(null);
    const bytes = new Blob([file], { type: 'text/csv' });
    const answer = await call('POST /sessions/{id}/invitations/preview', { path: { id: session }, body: bytes });
    setBusy(false);
    if (input.current) input.current.value = '';
    setName(file.name);
    setPreview(answer.ok ? answer.value : null);
    if (!answer.ok) return setProblem(answer.problem);
    const people = answer.value.people.map(({ line: _, ...person }) => person);
    setLeft(people.length);
    parts.current = Array.from({ length: Math.ceil(people.length / AT_ONCE) }, (_, i) => ({
      mailed: uuid(),
      silent: uuid(),
      people: people.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
    }));
  };
  const close = () => {
    setPreview(null);
    keepFocus();
  };
  const invite = async () => {
    setBusy(true);
    setProblem(null);
    stopped.current = false;
    let invited = 0;
    let answer: Answer<unknown> | null = null;
    // Those that were confirmed, and no others.
    const confirmed = parts.current;
    while (confirmed[0] && !stopped.current) {
      const { mailed, silent, people } = confirmed[0];
      const headers = { 'idempotency-key': mail ? mailed : silent };
      const sent = await call('POST /sessions/{id}/invitations/many', { path: { id: session }, headers, body: { people, mail } });
      answer = sent;
      if (!sent.ok) break;
      invited += sent.value.invited;
      confirmed.shift();
      setLeft((before) => before - people.length);
    }
    setBusy(false);
    if (invited > 0) onInvited();
    if (answer && !answer.ok) return setProblem(answer.problem);
    close();
    say(count(invited, 'file.invited_one', 'file.invited'));
  };
  return (
    <section class="card file" aria-labelledby="file">
      <h2 id="file">{t('file.title')}</h2>
      <p class="soft">{t('file.more')}</p>
      <div class="acts">
        <label class="button" aria-disabled={busy}>
          <input
            ref={input}
            type="file"
            disabled={busy}
            class="hidden"
            accept=".csv,text/csv,.txt"
            onChange={(event) => void read(event.currentTarget.files?.[0])}
          />
          {t(preview ? 'file.another' : 'file.choose')}
        </label>
        {busy && !preview && <span class="soft">{t('page.loading')}</span>}
      </div>
      {problem && <Failure problem={problem} />}
      {preview && (
        <div class="preview">
          <Notice icon={preview.wrong.length ? 'warn' : 'check'} kind={preview.wrong.length ? 'care' : 'info'} live>
            <p>
              <strong>{name}</strong>: {count(preview.people.length, 'file.ready_one', 'file.ready')}
            </p>
          </Notice>
          <Lines
            title={count(preview.wrong.length, 'file.wrong_one', 'file.wrong')}
            lines={preview.wrong.map((one) => ({ line: one.line, text: one.detail }))}
          />
          <Lines
            title={count(preview.twice.length, 'file.twice_one', 'file.twice')}
            lines={preview.twice.map((one) => ({ line: one.line, text: one.email }))}
          />
          <Lines
            title={count(preview.invited.length, 'file.known_one', 'file.known')}
            lines={preview.invited.map((one) => ({ line: one.line, text: one.email }))}
          />
          {preview.people.length > 0 && (
            <>
              <div class="card sheet" role="region" aria-label={t('file.people')} tabIndex={0}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{t('invite.name')}</th>
                      <th scope="col">{t('field.email')}</th>
                      <th scope="col">{t('invite.role')}</th>
                      <th scope="col">{t('invite.department')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {preview.people.slice(0, SHOWN).map((person) => (
                      <tr key={person.line}>
                        <td>{person.name}</td>
                        <td>{person.email}</td>
                        <td>{person.role}</td>
                        <td>{person.department}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {preview.people.length > SHOWN && <p class="soft">{t('file.rest', { count: preview.people.length - SHOWN })}</p>}
              <Switch label={t('invite.mail')} more={t('invite.mail_more')} on={mail} onChange={(on) => !busy && setMail(on)} />
              <div class="acts">
                <Button kind="primary" busy={busy} onClick={() => void invite()}>
                  {count(left, 'file.invite_one', 'file.invite')}
                </Button>
                <Button onClick={() => (busy ? (stopped.current = true) : close())}>{t(busy ? 'file.stop' : 'page.cancel')}</Button>
              </div>
            </>
          )}
        </div>
      )}
    </section>
  );
}
