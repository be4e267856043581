/** `style=${styleProperties({ '--hue': '20' })}`: like Lit's styleMap, which however writes the attribute as text when it renders for
 * the first time, and that the content security policy refuses. */
import { noChange } from 'lit';
import {
  Directive,
  directive,
  PartType,
  type AttributePart,
  type DirectiveResult,
  type PartInfo,
} from 'lit/directive.js';

type Properties = Readonly<Record<string, string | undefined>>;

class StyleProperties extends Directive {
  #last: Properties = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ATTRIBUTE || part.name !== 'style')
      throw new Error('styleProperties is for style=${…}.');
  }

  override render(properties: Properties): typeof noChange {
    this.#last = properties;
    return noChange;
  }

  override update({ element }: AttributePart, [properties]: [Properties]): typeof noChange {
    const { style } = element;
    for (const name of Object.keys(this.#last)) if (properties[name] === undefined) style.removeProperty(name);
    for (const [name, value] of Object.entries(properties)) if (value !== undefined) style.setProperty(name, value);
    this.#last = properties;
    return noChange;
  }
}

export const styleProperties: (properties: Properties) => DirectiveResult = directive(StyleProperties);
