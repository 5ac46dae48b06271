import { useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Dialog } from '../../shared/dialog.tsx';
import { Heading } from '../../shared/heading.tsx';
import { t, type Message } from '../../shared/messages.ts';
import { answerOf, lastOf, pendingOf, type Call } from '../call.ts';
import type { Controller } from '../controller.ts';
import type { ScreenProps } from '../page.tsx';
import { Composer } from '../talk/composer.tsx';
import { Controls } from '../talk/controls.tsx';
import { Lines, Newest } from '../talk/lines.tsx';
import { Details, Kept, Lost, NoteLine, Paused } from '../talk/notes.tsx';
import { Orb, type OrbMood } from '../talk/orb.tsx';
import { Progress } from '../talk/progress.tsx';
import { Care, Recap } from '../talk/recap.tsx';
import { VoiceDialog } from './terms.tsx';

/** Whose turn it is, in words. */
function floorMessage(call: Call): Message {
  if (call.connection === 'connecting') return 'talk.connecting';
  if (call.ending || call.ended !== null) return 'talk.floor.goodbye';
  if (call.paused !== null) return 'talk.floor.paused';
  if (call.muted && call.floor === 'open') return 'talk.floor.muted';
  if (call.muted && call.floor === 'you') return 'talk.floor.off';
  return `talk.floor.${call.floor}`;
}

/** The question that is asked, and the answer as it is understood. */
function Captions({ call }: { call: Call }) {
  const [asked, answer, pending] = [lastOf(call, 'interviewer'), answerOf(call), pendingOf(call)];
  return (
    <div class="captions">
      {pending && <p class="asked">{pending}</p>}
      {asked && pending && <p class="aside">{asked.text}</p>}
      {asked && !pending && <p class={asked.text.length > 160 ? 'asked long' : 'asked'}>{asked.text}</p>}
      {answer && (
        <p class={`answer ${answer.state}`}>
          <span class="who">{t('talk.you')}</span>
          {answer.text}
        </p>
      )}
    </div>
  );
}

function Voice({ state, controller }: ScreenProps) {
  const { call } = state;
  const lost = call.connection === 'lost';
  const resting = lost || call.paused !== null;
  const over = call.ending || call.ended !== null;
  const mood: OrbMood = call.floor === 'interviewer' ? 'interviewer' : over ? 'waiting' : call.muted ? 'paused' : call.floor;
  const recap = call.stage === 'recap' || call.stage === 'correction';
  // What must be read has the place to itself.
  const care = call.stage === 'care';
  return (
    <>
      <div class="stage">
        {!recap && !care && !resting && <Orb mood={mood} mine={controller.micLevel} theirs={controller.theirLevel} />}
        {!resting && <p class="floor">{t(floorMessage(call))}</p>}
      </div>
      {lost && <Lost call={call} controller={controller} />}
      {!lost && call.paused !== null && <Paused call={call} controller={controller} />}
      {!lost && recap ? <Recap call={call} controller={controller} /> : <Captions call={call} />}
      {!lost && care && <Care help={state.shown?.session.help ?? null} />}
    </>
  );
}

/** What is looked up while one talks. It stands with what can be pressed: nothing covers it, however much is said. */
function Transcript({ call, controller }: { call: Call; controller: Controller }) {
  const [shown, setShown] = useState(false);
  return (
    <div class="more">
      <details class="details" onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary>{t('talk.transcript')}</summary>
        <Lines call={call} again={(id) => controller.again(id)} live={false} shown={shown} />
      </details>
      <Details call={call} />
    </div>
  );
}

function Writing({ state, controller, correct }: ScreenProps & { correct: () => void }) {
  const { call } = state;
  const lost = call.connection === 'lost';
  const recap = call.stage === 'recap' || call.stage === 'correction';
  const writing = call.connection === 'live' && (call.floor === 'thinking' || (call.floor === 'interviewer' && call.lines.at(-1)?.who === 'you'));
  return (
    <>
      <Lines call={call} again={(id) => controller.again(id)} live />
      {call.connection === 'connecting' && <p class="soft">{t('talk.connecting')}</p>}
      {writing && call.paused === null && (
        <p class="typing">
          <span class="hidden">{t('talk.floor.writing')}</span>
          <span class="typing-dots" aria-hidden="true" />
        </p>
      )}
      {lost && <Lost call={call} controller={controller} />}
      {!lost && call.paused !== null && <Paused call={call} controller={controller} />}
      {!lost && call.stage === 'care' && <Care help={state.shown?.session.help ?? null} />}
      {!lost && recap && call.ended === null && <Recap call={call} controller={controller} correct={correct} />}
      <Newest call={call} />
      <div class="more">
        <Details call={call} />
      </div>
    </>
  );
}

function EndDialog({ call, controller, close }: { call: Call; controller: Controller; close: () => void }) {
  return (
    <Dialog title={t('end.title')} onClose={close}>
      <p>{t('end.text')}</p>
      <div class="actions">
        <Button
          kind="danger"
          onClick={() => {
            controller.control('end');
            close();
          }}
        >
          {t('end.confirm')}
        </Button>
        {call.paused === null && (
          <Button
            icon="pause"
            onClick={() => {
              controller.control('pause');
              close();
            }}
          >
            {t('end.pause')}
          </Button>
        )}
        <Button kind="plain" onClick={close}>
          {t(call.mode === 'voice' ? 'end.cancel' : 'end.cancel_text')}
        </Button>
      </div>
    </Dialog>
  );
}

/** The conversation itself. */
export function Talk(props: ScreenProps) {
  const { state, controller } = props;
  const { call } = state;
  const organisation = state.shown?.session.organisation ?? '';
  const over = call.ended !== null;
  const [correcting, setCorrecting] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const asked = correcting || call.stage === 'correction' ? 'recap.label' : 'talk.answer';
  return (
    <div class={`talk ${call.mode}`}>
      <div class="hidden">
        <Heading>{t('talk.title', { organisation })}</Heading>
      </div>
      <Progress call={call}>{state.agreed?.recording && <Kept />}</Progress>
      <NoteLine call={call} controller={controller} />
      <div class="middle">{call.mode === 'voice' ? <Voice {...props} /> : (
          <Writing
            {...props}
            correct={() => {
              setCorrecting(true);
              field.current?.focus();
            }}
          />
        )}</div>
      <div class="bottom">
        {call.mode === 'voice' && <Transcript call={call} controller={controller} />}
        {call.mode === 'text' && over && (
          <Button kind="primary" onClick={() => controller.finish()}>
            {t('talk.finish')}
          </Button>
        )}
        {call.mode === 'text' && !over && (
          <Composer
            field={field}
            label={t(asked)}
            off={call.connection !== 'live' || call.ending}
            send={(text) => {
              setCorrecting(false);
              controller.type(text);
            }}
          />
        )}
        {!(over && call.mode === 'text') && <Controls state={state} controller={controller} end={() => controller.askEnd(true)} />}
      </div>
      {state.voiceAsked && <VoiceDialog {...props} />}
      {state.endAsked && <EndDialog call={call} controller={controller} close={() => controller.askEnd(false)} />}
    </div>
  );
}
