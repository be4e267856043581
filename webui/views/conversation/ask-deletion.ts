/** For whom a message is to be deleted. Loaded when it is asked. */
import { msg, str } from '@lit/localize';
import { html, nothing, render } from 'lit';
import '../../components/button.ts';
import type { Dialog } from '../../components/dialog.ts';
import '../../components/dialog.ts';

export type DeletionChoice = 'me' | 'everyone';

/** Undefined: nothing is to be deleted. */
export async function askDeletion(count: number, isForEveryone: boolean): Promise<DeletionChoice | undefined> {
  const host = document.createElement('div');
  document.body.append(host);
  const { promise, resolve } = Promise.withResolvers<DeletionChoice | undefined>();
  const heading = count === 1 ? msg('Delete message?') : msg(str`Delete ${count} messages?`);
  const answer = (choice?: DeletionChoice) => (): void => {
    resolve(choice);
  };
  render(
    html`<vant-dialog heading=${heading} .isOpen=${true} @close=${answer()}>
      ${
        isForEveryone
          ? msg('For everyone, it goes away for all who got it. Someone may have read it before.')
          : msg('It goes away on all your devices. The others keep it.')
      }
      <vant-button slot="actions" @click=${answer()}>${msg('Cancel')}</vant-button>
      <vant-button
        slot="actions"
        ?autofocus=${!isForEveryone}
        variant=${isForEveryone ? 'secondary' : 'danger'}
        @click=${answer('me')}
        >${msg('Delete for me')}</vant-button
      >
      ${
        isForEveryone
          ? html`<vant-button slot="actions" autofocus variant="danger" @click=${answer('everyone')}
              >${msg('Delete for everyone')}</vant-button
            >`
          : nothing
      }
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
