/** The identity key of a member has changed (`#/identity/<id>`): what that means, and what to do. */
import { msg, str } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import '../../components/avatar.ts';
import type { AccountId } from '../../../wire/ids.ts';
import type { IdentityState } from '../../../client/directory/identity-state.ts';
import { formatNumber, plural } from '../../i18n/format.ts';
import { navigate, pathTo } from '../../platform/router.ts';
import { nameOf } from '../../state/member-names.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

export class IdentityView extends PageView {
  static override properties = { ...PageView.properties, accountId: { attribute: false } };

  declare accountId: AccountId;
  readonly #state = new Resource(() => this.context.engine.team.identityState(this.accountId));

  #stopListening: readonly (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#state.load();
    this.#stopListening = (['identityChanged', 'settings'] as const).map((name) =>
      this.context.engine.on(name, () => void this.#state.load()),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stopListening) stop();
  }

  protected override render(): TemplateResult {
    return html`<vant-page heading=${msg('Safety number changed')} back-href=${pathTo('conversation', this.accountId)}>
      ${this.#state.render((state) => this.#renderState(state))}
    </vant-page>`;
  }

  #renderState({ isChanged, wasVerified, pendingCount }: IdentityState): TemplateResult {
    const name = nameOf(this.context.state.members.value, this.accountId);
    if (!isChanged)
      return html`<vant-banner tone="good"
          >${msg(str`Nothing is open: the present key of ${name} is accepted.`)}</vant-banner
        >
        <div class="actions">
          <vant-button href=${pathTo('safety-number', this.accountId)}>${msg('Show the safety number')}</vant-button>
        </div>`;
    const count = formatNumber(pendingCount);
    return html`<vant-banner tone=${wasVerified ? 'danger' : 'warning'} icon="shield-alert">
        ${
          wasVerified
            ? msg(str`You had verified ${name}, and their key is another one now.`)
            : msg(str`The key of ${name} is another one now.`)
        }
      </vant-banner>
      <p>
        ${msg(str`Mostly this means that ${name} has set Vant up anew. It can also mean that somebody else wants to be taken for ${name}.`)}
      </p>
      <p>${msg('Until you accept the new key, nothing is sent to them, and nothing from them is shown.')}</p>
      ${
        pendingCount === 0
          ? ''
          : html`<p>
              ${plural(pendingCount, {
                one: msg(str`${count} message from them waits, encrypted.`),
                other: msg(str`${count} messages from them wait, encrypted.`),
              })}
            </p>`
      }
      <p>${msg('Ask them in person or in a call whether it was them, or compare the safety number.')}</p>
      <div class="actions">
        <vant-button variant="primary" icon="fingerprint" href=${pathTo('safety-number', this.accountId)}
          >${msg('Compare the safety number')}</vant-button
        >
        <vant-button @click=${this.#accept}>${msg('Accept the new key')}</vant-button>
      </div>`;
  }

  #accept = async (): Promise<void> => {
    const isDone = await attempt(
      () => this.context.engine.team.acceptIdentity(this.accountId),
      msg('The new key is accepted.'),
    );
    if (isDone) navigate('conversation', this.accountId);
  };
}

customElements.define('vant-identity-view', IdentityView);
