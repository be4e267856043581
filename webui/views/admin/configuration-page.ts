/** Every option of the server, with where it is set. To be read: it is changed in the file on the server. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import '../../components/switch.ts';
import '../../components/text-field.ts';
import type { AdminConfig } from '../../../wire/admin-schemas.ts';
import { formatNumber, plural } from '../../i18n/format.ts';
import { pathTo, route } from '../../platform/router.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

type ConfigOption = AdminConfig['options'][number];

export class ConfigurationPage extends PageView {
  static override properties = { ...PageView.properties, query: { state: true }, isChangedOnly: { state: true } };
  static override styles = [
    ...PageView.styles,
    css`
      .option {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: var(--space-1) var(--space-3);
      }
      code {
        font-family: var(--font-mono);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .value {
        padding: 0 var(--space-2);
        border-radius: var(--radius-s);
        background: var(--color-field);
      }
      p {
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .source {
        font-size: var(--text-xs);
        color: var(--color-text-faint);
      }
    `,
  ];

  declare query: string;
  declare isChangedOnly: boolean;
  readonly #config = new Resource(() => this.context.engine.team.adminConfig());

  constructor() {
    super();
    // A warning of the status page names the option that mends it.
    this.query = route.value[2] ?? '';
    this.isChangedOnly = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#config.load();
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Configuration')} back-href=${pathTo('admin')}>
      <vant-text-field
        type="search"
        icon="search"
        label=${msg('Search options')}
        label-hidden
        placeholder=${msg('Search options')}
        value=${this.query}
        @input-change=${({ detail }: CustomEvent<string>) => (this.query = detail)}
      ></vant-text-field>
      <vant-switch
        label=${msg('Only what is set')}
        ?checked=${this.isChangedOnly}
        @input-change=${({ detail }: CustomEvent<boolean>) => (this.isChangedOnly = detail)}
      ></vant-switch>
      ${this.#config.render((config) => this.#renderConfig(config))}
    </vant-page>`;
  }

  #renderConfig({ options, file }: AdminConfig): TemplateResult {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    const found = options.filter(
      ({ path, description, environmentName, source }) =>
        words.every((word) => `${path} ${description} ${environmentName}`.toLowerCase().includes(word)) &&
        !(this.isChangedOnly && (source.kind === 'default' || source.kind === 'unset')),
    );
    const count = formatNumber(found.length);
    const where =
      file === undefined
        ? msg('The server runs without a file: all values are defaults or come from the environment.')
        : msg(str`Change them in ${file} on the server. Values of secrets are never shown.`);
    return html`<vant-section
      heading=${plural(found.length, { one: msg(str`${count} option`), other: msg(str`${count} options`) })}
      hint=${where}
    >
      ${found.map((option) => this.#renderOption(option))}
      ${found.length === 0 ? html`<vant-row heading=${msg('No option is called like this.')}></vant-row>` : nothing}
    </vant-section>`;
  }

  #renderOption({
    path,
    value,
    description,
    source,
    needsRestart,
    default: fallback,
    isSecret,
  }: ConfigOption): TemplateResult {
    const isSet = source.kind !== 'default' && source.kind !== 'unset';
    return html`<div class="option">
      <div class="line">
        <code>${path}</code>
        <code class="value">${isSecret ? secretText(value) : value}</code>
      </div>
      <p lang="en">${description}</p>
      <div class="line source">
        <span
          >${isSet ? msg(str`From ${source.text}`) : msg('Default')}${
            isSet && fallback !== undefined ? html` · ${msg(str`default ${fallback}`)}` : nothing
          }</span
        >
        <span>${needsRestart ? msg('Needs a restart') : msg('Taken over by a reload')}</span>
      </div>
    </div>`;
  }
}

const secretText = (value: string): string => (value === 'set' ? msg('set') : msg('not set'));

customElements.define('vant-configuration-page', ConfigurationPage);
