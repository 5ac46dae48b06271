import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from '../../shared/icon.tsx';
import type { SessionShown } from '../../wire/api_types.ts';
import { call } from '../client.ts';
import { useLoad } from '../load.ts';
import { Notice } from '../parts/notice.tsx';
import { Pending } from '../parts/page.tsx';
import { asked } from '../router.ts';
import { t } from '../words.ts';
import { AskBox } from './ask_box.tsx';
import { Basis } from './basis.tsx';
import { Charts } from './charts/charts.tsx';
import { EditBar, useEditor } from './editor.tsx';
import { Export } from './export.tsx';
import { filterOf } from './filter.ts';
import { Filters } from './filters.tsx';
import type { Insights as Read } from '../../wire/api_types.ts';
import { Patterns } from './patterns.tsx';
import { comeBack, leaveBy } from './place.ts';
import { useUnfoldedInPrint } from './print.ts';
import { Summary } from './summary.tsx';
import { Topics } from './topics.tsx';
import { Trend } from './trend.tsx';

/** While a report is made, it is looked for so often. */
const LOOK_AGAIN_MS = 3_000;

const MARKS: Record<Exclude<Read['status'], 'ready'>, IconName> = {
  nobody: 'people',
  withheld: 'lock',
  making: 'clock',
  failed: 'warn',
  suppressed: 'lock',
};

/** Why there is no report. */
function Nothing({ status, explanation }: { status: Exclude<Read['status'], 'ready'>; explanation: string }) {
  return (
    <div class="empty" role="status">
      <span class="badge">
        <Icon name={MARKS[status]} />
      </span>
      <h2>{t(`insights.${status}`)}</h2>
      <p class="soft">{explanation}</p>
    </div>
  );
}

/** What the conversations of a session say: who may read it checks every claim by the words that it stands on. */
export function Insights({ session: { id } }: { session: SessionShown }) {
  const query = asked.value;
  const filter = filterOf(query);
  const { department, role } = filter;
  const read = () => call('GET /sessions/{id}/insights', { path: { id }, query: { ...(department && { department }), ...(role && { role }) } });
  const [loaded, again] = useLoad(read, [id, query]);
  const editor = useEditor(id, again);
  const ready = loaded.at === 'ready' ? loaded.value : null;
  // While another part of the people is read, what may be asked for is known from before.
  const known = useRef<Read | null>(null);
  known.current = ready ?? known.current;
  const making = ready !== null && (ready.status === 'making' || ready.behind);
  useEffect(() => {
    if (!making) return undefined;
    const timer = setInterval(() => void again(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [making, again]);
  useUnfoldedInPrint();
  const there = Boolean(ready?.report);
  useEffect(() => {
    if (there) comeBack();
  }, [there]);

  const report = ready?.report;
  return (
    <div class="insights" onClick={(event) => leaveBy(event.target)}>
      <div class="over">
        {known.current && <Filters session={id} filter={filter} filters={known.current.filters} />}
        {report && <Export session={id} filter={filter} />}
      </div>
      {!ready && <Pending loaded={loaded} again={() => void again()} />}
      {ready && <Basis read={ready} session={id} />}
      {ready && ready.status !== 'ready' && <Nothing status={ready.status} explanation={ready.explanation} />}
      {ready && report && (
        <>
          {ready.explanation && (
            <Notice icon="lock">
              <p>{ready.explanation}</p>
            </Notice>
          )}
          <Summary report={report} session={id} editor={editor} whole={!department && !role} />
          <Patterns patterns={report.patterns} session={id} editor={editor} />
          <Charts report={report} />
          <Topics report={report} session={id} />
          <AskBox session={id} filter={filter} />
          <Trend session={id} />
        </>
      )}
      <EditBar editor={editor} />
    </div>
  );
}
