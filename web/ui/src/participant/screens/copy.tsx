import { useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { Heading } from '../../shared/heading.tsx';
import { type Listener, useListener } from '../../shared/listener.ts';
import { LANGUAGE, t } from '../../shared/messages.ts';
import type { CopyTurn, OwnCopy } from '../../wire/types.ts';
import type { ScreenProps } from '../page.tsx';
import { Listen } from './listen.tsx';

/** A mark's name quotes so much of its answer. */
const START_CHARS = 40;

function date(ms: number): string {
  return new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'long' }).format(ms);
}

/** What was heard of ours, where we were interrupted, breaks off as it does in the conversation. */
export function wordsOf({ speaker, text }: CopyTurn): string {
  return speaker === 'interviewer' && !/[.?!…:][”’"')]*\s*$/.test(text) ? `${text.trimEnd()} …` : text;
}

/** The copy as a file of the person's own. */
export function asText(copy: OwnCopy): string {
  const who = (turn: CopyTurn) => t(turn.speaker === 'you' ? 'talk.you' : 'talk.interviewer');
  const mark = (turn: CopyTurn) => (turn.speaker === 'you' && !turn.quotable ? ` [${t('copy.no_quote')}]` : '');
  const lines = copy.turns.map((turn) => `${who(turn)}${mark(turn)}:\n${wordsOf(turn)}\n`);
  return [`${copy.title}, ${copy.organisation}`, '', ...lines].join('\n');
}

function save(copy: OwnCopy): void {
  const address = URL.createObjectURL(new Blob([asText(copy)], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'conversation.txt';
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

interface TurnProps {
  turn: CopyTurn;
  busy: boolean;
  mark: (quotable: boolean) => void;
  listener: Listener;
}

function Turn({ turn, busy, mark, listener }: TurnProps) {
  if (turn.speaker === 'interviewer') {
    return (
      <li class="asked">
        <span class="hidden">{t('talk.interviewer')}: </span>
        {wordsOf(turn)}
      </li>
    );
  }
  const start = turn.text.length > START_CHARS ? `${turn.text.slice(0, START_CHARS)} …` : turn.text;
  return (
    <li class={turn.quotable ? 'said' : 'said unquoted'}>
      <p>
        <span class="hidden">{t('talk.you')}: </span>
        {turn.text}
      </p>
      <div class="beneath">
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={!turn.quotable}
            aria-label={t('copy.no_quote_about', { start })}
            onChange={(event) => {
              if (busy) event.currentTarget.checked = !turn.quotable;
              else mark(!event.currentTarget.checked);
            }}
          />
          <span aria-hidden="true">{t('copy.no_quote')}</span>
        </label>
        {turn.audio && <Listen turn={turn.turn} start={start} listener={listener} />}
      </div>
    </li>
  );
}

/** The person's own transcript, what of it may be quoted, and the way to withdraw all of it. */
export function Copy({ state, controller }: ScreenProps) {
  const [withdrawing, setWithdrawing] = useState(false);
  const { copy } = state;
  const listener = useListener((turn) => controller.sound(turn));
  const session = state.shown?.session;
  const title = copy?.title ?? session?.title ?? '';
  const when = copy?.completed_at ? t('copy.when', { title, date: date(copy.completed_at) }) : title;
  return (
    <div class="column">
      <p class="kicker">{when}</p>
      <Heading>{t('copy.title')}</Heading>
      <p class="lead">{t('copy.lead')}</p>
      {state.busy && !copy && (
        <p class="soft" role="status">
          {t('page.loading')}
        </p>
      )}
      {!copy && (state.copyMissing || state.failed !== null) && !state.busy && (
        <div class="card" role="status">
          <p>{t(state.copyMissing ? 'copy.missing' : 'copy.failed')}</p>
          <Button onClick={() => void controller.loadCopy()}>{t('copy.retry')}</Button>
        </div>
      )}
      {copy && (
        <>
          {copy.recording && <p class="soft">{t('copy.recording')}</p>}
          {copy.turns.length === 0 && <p class="soft">{t('copy.empty')}</p>}
          <ol class="transcript">
            {copy.turns.map((turn) => (
              <Turn
                key={turn.turn}
                turn={turn}
                busy={state.marking.includes(turn.turn)}
                listener={listener}
                mark={(quotable) => void controller.mark(turn.turn, quotable)}
              />
            ))}
          </ol>
          <p class="wrong" role="alert">
            {state.failed !== null && !withdrawing && t('copy.mark_failed')}
          </p>
          <div class="actions">
            <Button icon="save" onClick={() => save(copy)}>
              {t('copy.save')}
            </Button>
          </div>
        </>
      )}
      {(copy || state.copyMissing) && (
        <section class="withdraw">
          <h2>{t('copy.withdraw_title')}</h2>
          <p>{t('copy.withdraw_text')}</p>
          <Button kind="danger" onClick={() => setWithdrawing(true)}>
            {t('copy.withdraw')}
          </Button>
        </section>
      )}
      {withdrawing && (
        <Dialog title={t('withdraw.title')} onClose={() => setWithdrawing(false)}>
          <p>{t('withdraw.text')}</p>
          <p class="wrong" role="alert">
            {state.failed !== null && t(state.failed === 'missing' ? 'withdraw.missing' : 'withdraw.failed')}
          </p>
          <div class="actions">
            <Button kind="danger" busy={state.busy} onClick={() => void controller.withdraw()}>
              {t('withdraw.confirm')}
            </Button>
            <Button kind="plain" onClick={() => setWithdrawing(false)}>
              {t('withdraw.cancel')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
