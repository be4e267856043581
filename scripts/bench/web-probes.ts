/** What is measured inside the page. All of it sees through shadow roots, by role and not by the names of elements. */
import type { Page } from 'playwright-core';

interface Probes {
  readonly items: () => Element[];
  readonly list: () => Element | undefined;
  readonly until: (isDone: () => boolean) => Promise<number>;
}

/** Defines `vantProbes` in the page. */
async function addProbes(page: Page): Promise<void> {
  await page.evaluate(() => {
    const findAll = (root: Document | ShadowRoot, selector: string): Element[] => [
      ...root.querySelectorAll(selector),
      ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) =>
        shadowRoot === null ? [] : findAll(shadowRoot, selector),
      ),
    ];
    const list = (): Element | undefined => findAll(document, '[role=list][aria-label=Messages]')[0];
    const probes: Probes = {
      list,
      items: () => [...(list()?.querySelectorAll('[role=listitem]') ?? [])],
      // From frame to frame: what is counted has been painted.
      until: (isDone) =>
        new Promise((resolve, reject) => {
          const deadline = performance.now() + 30_000;
          const look = (): void => {
            if (isDone()) requestAnimationFrame(() => resolve(performance.now()));
            else if (performance.now() > deadline) reject(new Error('It was not shown.'));
            else requestAnimationFrame(look);
          };
          look();
        }),
    };
    Object.assign(globalThis, { vantProbes: probes });
  });
}

type WithProbes = typeof globalThis & { vantProbes: Probes };

/** From the list to the painted messages, in milliseconds. */
export async function openFromList(page: Page, conversation: string): Promise<number> {
  await page.evaluate(() => (location.hash = '#/'));
  await addProbes(page);
  await page.evaluate(() =>
    (globalThis as WithProbes).vantProbes.until(() => (globalThis as WithProbes).vantProbes.items().length === 0),
  );
  return page.evaluate(async (id) => {
    const { until, items } = (globalThis as WithProbes).vantProbes;
    const startedAt = performance.now();
    location.hash = `#/conversation/${id}`;
    return (await until(() => items().length > 0)) - startedAt;
  }, conversation);
}

/** Milliseconds since the navigation began. */
export async function measureUntilShown(page: Page): Promise<{ firstPaint: number; shown: number }> {
  await addProbes(page);
  return page.evaluate(async () => {
    const { until, items } = (globalThis as WithProbes).vantProbes;
    const shown = await until(() => items().length > 0);
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return { firstPaint: paint?.startTime ?? 0, shown };
  });
}

/** When the text was painted, in milliseconds since 1970. */
export async function untilMessage(page: Page, text: string): Promise<number> {
  return page.evaluate(async (wanted) => {
    const { until, items } = (globalThis as WithProbes).vantProbes;
    return performance.timeOrigin + (await until(() => items().at(-1)?.textContent.includes(wanted) === true));
  }, text);
}

/** Scrolls up through the history, a fifth of a screen a frame. A frame is blank when nothing is in the middle of the list. */
export async function measureScrolling(page: Page): Promise<{ frames: number; blank: number; longestMs: number }> {
  return page.evaluate(async () => {
    const { list, items } = (globalThis as WithProbes).vantProbes;
    const element = list();
    if (element === undefined) throw new Error('There is no list of messages.');
    const result = { frames: 0, blank: 0, longestMs: 0 };
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    let last = await nextFrame();
    while (result.frames < 300) {
      element.scrollBy(0, -element.clientHeight / 5);
      const now = await nextFrame();
      result.longestMs = Math.max(result.longestMs, now - last);
      last = now;
      result.frames++;
      const { top, height } = element.getBoundingClientRect();
      const middle = top + height / 2;
      const isFilled = items().some((item) => {
        const box = item.getBoundingClientRect();
        return box.top < middle + height / 4 && box.bottom > middle - height / 4;
      });
      if (!isFilled) result.blank++;
    }
    return result;
  });
}

/** Of the page and its worker, in bytes (measureUserAgentSpecificMemory, which waits for a garbage collection). */
export async function usedMemory(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { measureUserAgentSpecificMemory: measure } = performance as unknown as {
      measureUserAgentSpecificMemory: () => Promise<{ bytes: number }>;
    };
    return (await measure.call(performance)).bytes;
  });
}
