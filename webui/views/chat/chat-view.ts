/** List of conversations beside the open one. */
import { html, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import { pathTo } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';

export class ChatView extends ViewElement {
  static override properties = { context: { attribute: false }, route: { attribute: false } };

  declare context: AppContext;
  declare route: readonly string[];

  protected override willUpdate(): void {
    const [page, conversation] = this.route;
    void this.context.state.show(page === 'conversation' ? conversation : undefined);
  }

  protected override render(): TemplateResult {
    const { state, engine } = this.context;
    const open = state.openConversation.value;
    return html`<nav aria-label="Members">
        ${[...state.members.value.values()].map(
          (member) =>
            html`<p>
              <a href=${pathTo('conversation', member.accountId)}>${member.profile?.displayName ?? 'Unknown'}</a>
              ${state.unread.value.get(member.accountId) ?? ''}
            </p>`,
        )}
        <button @click=${async () => alert((await engine.team.createInvite({ role: 'member' })).link)}>Invite</button>
        <output>${state.connection.value.status}</output>
      </nav>
      <main>
        <ol>
          ${state.messages.value.map((message) => html`<li data-status=${message.status}>${message.text}</li>`)}
        </ol>
        ${
          open === undefined
            ? ''
            : html`<form @submit=${this.#send}><input name="text" aria-label="Message" autocomplete="off" /></form>`
        }
      </main>`;
  }

  #send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = new FormData(form).get('text') as string;
    const conversation = this.context.state.openConversation.value;
    if (text === '' || conversation === undefined) return;
    form.reset();
    await this.context.engine.client.sendText(conversation as never, text);
  };
}

customElements.define('vant-chat-view', ChatView);
