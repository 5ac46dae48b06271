import { useState } from 'preact/hooks';
import type { Settings, WouldGo } from '../../wire/api_types.ts';
import { type Answer, call } from '../client.ts';
import { useLeaving } from '../editor/leaving.tsx';
import { useLoad } from '../load.ts';
import { Ask } from '../parts/ask.tsx';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page, Pending } from '../parts/page.tsx';
import { say } from '../parts/said.tsx';
import { door, renamed } from '../who.ts';
import { count, moment, t } from '../words.ts';

/** The settings as they were read, and which version that was. */
interface Known {
  settings: Settings;
  etag: string;
}

async function read(): Promise<Answer<Known>> {
  const answer = await call('GET /workspace');
  return answer.ok ? { ...answer, value: { settings: answer.value, etag: answer.etag ?? '' } } : answer;
}

const KEPT = ['conversations', 'recordings', 'mails'] as const;
type Days = Record<(typeof KEPT)[number], string>;

const daysOf = ({ keep_days }: Settings): Days => ({
  conversations: String(keep_days?.conversations ?? ''),
  recordings: String(keep_days?.recordings ?? ''),
  mails: String(keep_days?.mails ?? ''),
});

/** A number of days, or none; what is no number of days becomes 0, which the server refuses, and says why. */
const days = (text: string): number | null => (text.trim() ? Math.min(Math.max(Math.trunc(Number(text)) || 0, 0), 65_535) : null);

type Kept = Record<(typeof KEPT)[number], number | null>;

/** What is to be kept for fewer days than before, and for how many. */
function shorter(before: Settings['keep_days'], now: Kept): Partial<Record<(typeof KEPT)[number], number>> {
  const less: Partial<Record<(typeof KEPT)[number], number>> = {};
  for (const what of KEPT) {
    const days = now[what];
    if (days !== null && days < (before?.[what] ?? Number.POSITIVE_INFINITY)) less[what] = days;
  }
  return less;
}

interface Question {
  going: WouldGo;
  answer: (sure: boolean) => void;
}

/** Asks whether what is older shall go. */
function Sure({ going, answer, onClose }: Question & { onClose: () => void }) {
  return (
    <Ask
      title={t('keep.sure')}
      action={t('keep.yes')}
      danger
      onClose={() => {
        answer(false);
        onClose();
      }}
      run={async () => {
        answer(true);
        return { ok: true, value: null, etag: null };
      }}
    >
      <ul>
        {going.conversations > 0 && <li>{count(going.conversations, 'keep.go_conversation', 'keep.go_conversations')}</li>}
        {going.recordings > 0 && <li>{count(going.recordings, 'keep.go_recording', 'keep.go_recordings')}</li>}
        {going.mails > 0 && <li>{count(going.mails, 'keep.go_mail', 'keep.go_mails')}</li>}
      </ul>
      <p>{t('keep.from', { moment: moment(going.from) })}</p>
    </Ask>
  );
}

function Edit({ known }: { known: Known }) {
  const [{ settings: saved, etag }, setKnown] = useState(known);
  const [name, setName] = useState(saved.name);
  const [help, setHelp] = useState({ name: saved.help?.name ?? '', reach: saved.help?.reach ?? '' });
  const [keep, setKeep] = useState(daysOf(saved));
  const [question, setQuestion] = useState<Question | null>(null);
  const dirty =
    name !== saved.name ||
    help.name !== (saved.help?.name ?? '') ||
    help.reach !== (saved.help?.reach ?? '') ||
    KEPT.some((what) => keep[what] !== daysOf(saved)[what]);
  const leaving = useLeaving(dirty, ['/workspace']);
  const send = async () => {
    const named = help.name.trim() || help.reach.trim();
    const keep_days = { conversations: days(keep.conversations), recordings: days(keep.recordings), mails: days(keep.mails) };
    const body = { name, help: named ? help : null, keep_days };
    const less = shorter(saved.keep_days, keep_days);
    if (Object.keys(less).length > 0) {
      const would = await call('GET /workspace/keep', { query: less });
      if (!would.ok) return would;
      const going = would.value;
      const asked = going.conversations + going.recordings + going.mails > 0;
      if (asked && !(await new Promise<boolean>((answer) => setQuestion({ going, answer })))) return null;
    }
    const answer = await call('PUT /workspace', { headers: { 'if-match': etag }, body });
    if (!answer.ok && answer.problem.code === 'outdated') {
      // Theirs is shown where it is another one; what stands here is kept until it is sent once more.
      const fresh = await read();
      if (fresh.ok) setKnown(fresh.value);
    }
    return answer.ok ? { ...answer, value: { settings: answer.value, etag: answer.etag ?? '' } } : answer;
  };
  return (
    <section class="card">
      <Form
        action={t('save.save')}
        send={send}
        onDone={(now) => {
          say(t('save.saved'));
          setKnown(now);
          setName(now.settings.name);
          setHelp({ name: now.settings.help?.name ?? '', reach: now.settings.help?.reach ?? '' });
          setKeep(daysOf(now.settings));
          renamed(now.settings.name);
        }}
      >
        {(wrong) => (
          <>
            <Field label={t('first_run.workspace')} hint={t('first_run.workspace_more')} value={name} onInput={setName} max={120} error={wrong('name')} required />
            <h2>{t('settings.help')}</h2>
            <p class="soft">{t('workspace.help_more')}</p>
            <Field label={t('settings.help_name')} value={help.name} onInput={(text) => setHelp({ ...help, name: text })} error={wrong('help.name')} optional />
            <Field
              label={t('settings.help_reach')}
              hint={t('settings.help_reach_more')}
              value={help.reach}
              onInput={(reach) => setHelp({ ...help, reach })}
              error={wrong('help.reach')}
              optional
            />
            <h2>{t('keep.title')}</h2>
            <p class="soft">{t('keep.more')}</p>
            {saved.let_go_from != null && (
              <Notice icon="clock">
                <p>{t('keep.waits', { moment: moment(saved.let_go_from) })}</p>
              </Notice>
            )}
            {KEPT.map((what) => (
              <Field
                key={what}
                label={t(`keep.${what}`)}
                hint={t(`keep.${what}_more`)}
                type="number"
                value={keep[what]}
                onInput={(text) => setKeep({ ...keep, [what]: text })}
                error={wrong(`keep_days.${what}`)}
                optional
              />
            ))}
          </>
        )}
      </Form>
      {question && <Sure {...question} onClose={() => setQuestion(null)} />}
      {leaving.question}
    </section>
  );
}

/** What all sessions of the workspace have in common. */
export function Workspace() {
  const [loaded, again] = useLoad(read, []);
  const plan = door.value.at === 'in' ? door.value.me.workspace.plan : undefined;
  return (
    <Page title={t('workspace.title')} narrow lead={plan && t(`workspace.plan_${plan}`)}>
      {loaded.at === 'ready' ? <Edit known={loaded.value} /> : <Pending loaded={loaded} again={() => void again()} />}
    </Page>
  );
}
