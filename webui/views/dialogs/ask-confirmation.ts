/** Asks before something that cannot be taken back. The dialog is loaded when it is asked for the first time. */
import { msg } from '@lit/localize';
import { html, render } from 'lit';
import type { Dialog } from '../../components/dialog.ts';

export interface Question {
  readonly heading: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly isDanger?: boolean;
}

/** Whether the person wants it. */
export async function askConfirmation(question: Question): Promise<boolean> {
  await Promise.all([import('../../components/dialog.ts'), import('../../components/button.ts')]);
  const host = document.createElement('div');
  document.body.append(host);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answer = (isSure: boolean) => (): void => resolve(isSure);
  render(
    html`<vant-dialog heading=${question.heading} .isOpen=${true} @close=${answer(false)}>
      ${question.text}
      <vant-button slot="actions" @click=${answer(false)}>${msg('Cancel')}</vant-button>
      <vant-button
        slot="actions"
        autofocus
        variant=${question.isDanger === true ? 'danger' : 'primary'}
        @click=${answer(true)}
        >${question.confirm}</vant-button
      >
    </vant-dialog>`,
    host,
  );
  return promise.finally(() => {
    // Closing gives the focus back.
    host.querySelector<Dialog>('vant-dialog')?.close();
    render(null, host);
    host.remove();
  });
}
