import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Heading } from '../../shared/heading.tsx';
import { Icon } from '../../shared/icon.tsx';
import { t } from '../../shared/messages.ts';
import type { Device } from '../../wire/mic.ts';
import { Speaker } from '../../wire/speaker.ts';
import type { ScreenProps } from '../page.tsx';
import { mayWrite } from '../state.ts';

/** Louder than a room, for so many looks in a row: somebody speaks. */
const HEARD_LEVEL = 0.4;
const HEARD_LOOKS = 6;
/** Bars of the meter. */
const BARS = 36;

/** How loud the microphone is. The bars are drawn without the page's state: sixty times a second is too much for it. */
function Meter({ level, onHeard }: { level: () => number; onHeard: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    let loud = 0;
    let shown = 0;
    const look = () => {
      frame = requestAnimationFrame(look);
      const now = level();
      loud = now > HEARD_LEVEL ? loud + 1 : 0;
      if (loud === HEARD_LOOKS) onHeard();
      shown = Math.max(now, shown * 0.9);
      const lit = Math.round(shown * BARS);
      const meter = element.current;
      if (!meter || meter.dataset['lit'] === String(lit)) return;
      meter.dataset['lit'] = String(lit);
      meter.setAttribute('aria-valuenow', String(Math.round((lit / BARS) * 100)));
      Array.from(meter.children).forEach((bar, i) => bar.classList.toggle('lit', i < lit));
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <div
      ref={element}
      class="meter"
      role="meter"
      aria-label={t('check.level')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      {Array.from({ length: BARS }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

function Choice({ label, devices, value, choose }: { label: string; devices: Device[]; value: string; choose: (id: string) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {devices.map((device, i) => (
          <option key={device.id} value={device.id}>
            {device.label || t('check.device', { number: i + 1 })}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Microphone and loudspeaker, before the first word. */
export function Check({ state, controller }: ScreenProps) {
  const [heard, setHeard] = useState(false);
  const [playing, setPlaying] = useState(false);
  const write = mayWrite(state) && (
    <Button kind="plain" icon="write" busy={state.busy} onClick={() => controller.write()}>
      {t('check.write')}
    </Button>
  );
  if (state.mic !== 'open') {
    return (
      <div class="column centre">
        <span class="badge">
          <Icon name="mic" />
        </span>
        <Heading>{t('check.title')}</Heading>
        <p class="lead">{t('check.lead')}</p>
        <div class="actions">
          <Button kind="primary" busy={state.mic === 'asking'} onClick={() => void controller.useMic(null)}>
            {t(state.mic === 'asking' ? 'check.asking' : 'check.allow')}
          </Button>
          {write}
        </div>
      </div>
    );
  }
  const { inputs, outputs, input, output } = state.devices;
  const test = () => {
    setPlaying(true);
    void controller.testSound().finally(() => setPlaying(false));
  };
  return (
    <div class="column" key="open">
      <Heading>{t('check.title_open')}</Heading>
      <p class="lead">{t('check.lead_open')}</p>
      <div class="card">
        <Meter level={controller.micLevel} onHeard={() => setHeard(true)} />
        <p class={heard ? 'heard yes' : 'heard'} role="status">
          {heard && <Icon name="check" />}
          {t(heard ? 'check.heard' : 'check.quiet')}
        </p>
        {inputs.length > 0 && (
          <Choice label={t('check.input')} devices={inputs} value={input} choose={(id) => void controller.useMic(id)} />
        )}
      </div>
      <div class="card">
        {Speaker.choosable && outputs.length > 1 && (
          <Choice label={t('check.output')} devices={outputs} value={output || (outputs[0]?.id ?? '')} choose={(id) => void controller.useOutput(id)} />
        )}
        <div class="beside">
          <Button icon="sound" busy={playing} onClick={test}>
            {t(playing ? 'check.sound_playing' : 'check.sound')}
          </Button>
          <span class="soft">{t('check.sound_more')}</span>
        </div>
      </div>
      <p class="wrong" role="alert">
        {state.failed !== null && t('consent.failed')}
      </p>
      <div class="actions sticky">
        <Button kind="primary" busy={state.busy} onClick={() => void controller.start()}>
          {t(state.call.lines.length > 0 ? 'check.continue' : 'check.start')}
        </Button>
        {write}
      </div>
    </div>
  );
}
