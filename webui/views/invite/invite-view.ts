/** Inviting people as a page of its own: from the list of conversations, and as the last step of setting a team up (`#/invite/first`). */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/start-card.ts';
import type { AppContext } from '../../app/context.ts';
import { pathTo } from '../../platform/router.ts';
import { Resource } from '../../state/resource.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';
import './invite-form.ts';

export class InviteView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    isFirst: { type: Boolean, attribute: 'first' },
    hasCreated: { state: true },
  };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  declare context: AppContext;
  /** As a step of setting up. */
  declare isFirst: boolean;
  declare hasCreated: boolean;
  readonly #team = new Resource(async () => (await this.context.engine.team.teamProfile())?.name ?? '');

  constructor() {
    super();
    this.isFirst = false;
    this.hasCreated = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#team.load();
  }

  protected override render(): TemplateResult {
    const teamName = this.#team.value ?? '';
    return html`<vant-start-card
      heading=${teamName === '' ? msg('Invite people') : msg(str`Invite people to ${teamName}`)}
      step=${this.isFirst ? 3 : nothing}
      steps=${this.isFirst ? 3 : nothing}
    >
      <span slot="lead"
        >${msg('Everybody gets a link of their own. It carries the key of the team, which the server never sees.')}</span
      >
      <vant-invite-form .context=${this.context} @created=${() => (this.hasCreated = true)}></vant-invite-form>
      <vant-button variant=${this.hasCreated ? 'primary' : 'quiet'} href=${pathTo()}
        >${this.isFirst && !this.hasCreated ? msg('Later') : msg('Done')}</vant-button
      >
    </vant-start-card>`;
  }
}

customElements.define('vant-invite-view', InviteView);
