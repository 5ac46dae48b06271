import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../shared/button.tsx';
import { Reach } from '../../shared/reach.tsx';
import { t } from '../../shared/messages.ts';
import type { HelpContact } from '../../wire/types.ts';
import { lastOf, type Call } from '../call.ts';
import type { Controller } from '../controller.ts';
import { Composer } from './composer.tsx';

interface Props {
  call: Call;
  controller: Controller;
  /** In writing there is a field already: leads the person to it. */
  correct?: () => void;
}

/** What was heard, and the person's word on it. By voice they may also simply say it. */
export function Recap({ call, controller, correct }: Props) {
  const [correcting, setCorrecting] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (correcting) field.current?.focus();
  }, [correcting]);
  const off = call.connection !== 'live';
  const open = correcting || (!correct && call.stage === 'correction');
  return (
    <section class="panel recap" aria-labelledby="recap">
      <h2 ref={heading} id="recap" tabIndex={-1}>{t('recap.title')}</h2>
      <p class="soft">{t('recap.lead')}</p>
      {/* In writing it stands right above. */}
      {call.mode === 'voice' && <blockquote>{lastOf(call, 'interviewer')?.text}</blockquote>}
      {open && !correct && (
        <Composer
          field={field}
          label={t('recap.label')}
          off={off}
          send={(text) => {
            setCorrecting(false);
            // The field goes away with what was typed in it.
            heading.current?.focus();
            controller.type(text);
          }}
        />
      )}
      <div class="actions row">
        <Button kind={open ? 'quiet' : 'primary'} icon="check" disabled={off} onClick={() => controller.type(t('recap.right_said'))}>
          {t('recap.right')}
        </Button>
        {!open && (
          <Button icon="write" onClick={correct ?? (() => setCorrecting(true))}>
            {t('recap.wrong')}
          </Button>
        )}
      </div>
      {call.mode === 'voice' && <p class="soft">{t('recap.speak')}</p>}
    </section>
  );
}

/** Somebody told of something that calls for care: whom to turn to, in sight. */
export function Care({ help }: { help: HelpContact | null }) {
  return (
    <section class="panel care" aria-labelledby="care">
      <h2 id="care">{t('care.title')}</h2>
      <Reach help={help} />
      <p class="soft">
        {t('help.urgent')} {t('care.text')}
      </p>
    </section>
  );
}
