/** What the pages beside a list have in common: they are given the engine and the state, and fill their room. */
import { css } from 'lit';
import type { AppContext } from '../app/context.ts';
import '../components/banner.ts';
import '../components/button.ts';
import '../components/page.ts';
import '../components/row.ts';
import '../components/section.ts';
import { ViewElement } from '../state/watch.ts';
import { content } from '../styles/content.ts';

export abstract class PageView extends ViewElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  declare context: AppContext;
}
