/** The Markdown table of the TURN server that the README carries. */
import type { TurnRun } from './turn.ts';
import type { LoadResult } from './turn-load.ts';

const BUSY_SHARE = 0.1;

interface Row {
  readonly title: string;
  readonly goal: string;
  readonly pick: (run: TurnRun) => number;
  readonly show: (value: number) => string;
  /** Ours over coturn's, beside ours. */
  readonly hasRatio?: boolean;
}

const thousands = (value: number): string => Math.round(value).toLocaleString('en');
const microseconds = (value: number): string => `${value.toFixed(1)} µs`;
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
const times = (value: number): string => `${value.toFixed(1)}×`;
const loss = ({ sent, received }: LoadResult): number => (sent - received) / Math.max(1, sent);

const ROWS: readonly Row[] = [
  {
    title: 'Both ends relayed here: messages a second, 200 clients',
    goal: '≥ 1.0 of coturn',
    pick: (run) => run.relayed.peakPerSecond,
    show: thousands,
    hasRatio: true,
  },
  { title: '… lost', goal: '0', pick: (run) => loss(run.relayed), show: percent },
  {
    title: '… CPU for one',
    goal: '1.0 × coturn',
    pick: (run) => run.relayed.cpuMicroseconds,
    show: microseconds,
    hasRatio: true,
  },
  { title: '100 calls, 10,000 messages a second: lost', goal: '0', pick: (run) => loss(run.voice), show: percent },
  {
    title: '… CPU for one',
    goal: '',
    pick: (run) => run.voice.cpuMicroseconds,
    show: microseconds,
    hasRatio: true,
  },
  {
    title: 'To a peer outside and back: messages a second, 100 clients',
    goal: '≥ 0.6 of coturn',
    pick: (run) => run.peer.peakPerSecond,
    show: thousands,
    hasRatio: true,
  },
  { title: '… lost', goal: '0', pick: (run) => loss(run.peer), show: percent },
  {
    title: '… CPU for one',
    goal: '< 2.5 × coturn',
    pick: (run) => run.peer.cpuMicroseconds,
    show: microseconds,
    hasRatio: true,
  },
  {
    title: 'Memory of an allocation with permission and channel, at 2,000',
    goal: '< 20 KB',
    pick: (run) => run.bytesPerAllocation,
    show: (value) => `${(value / 1000).toFixed(1)} KB`,
  },
  { title: 'Answer to a Binding request, size', goal: '≤ 1.6×', pick: (run) => run.answers.binding, show: times },
  {
    title: 'Answer to an Allocate request without proof, size',
    goal: '≤ 2.6×',
    pick: (run) => run.answers.unauthenticated,
    show: times,
  },
  {
    title: 'Relayed one way, 20 calls, p99, while the chat stands still for 40 ms, five times a second',
    goal: '< 3 ms',
    pick: (run) => run.p99Ms,
    show: (value) => `${value.toFixed(2)} ms`,
  },
];

export function renderTurnTable(runs: readonly TurnRun[], machine: string): string {
  const of = (name: TurnRun['server']) => runs.filter(({ server }) => server === name);
  const lines = ROWS.map(({ title, goal, pick, show, hasRatio }) => {
    const [coturn, vant] = [median(of('coturn').map(pick)), median(of('vant').map(pick))];
    const ratio = hasRatio === true ? ` (${(vant / coturn).toFixed(2)})` : '';
    return `| ${title} | ${show(coturn)} | ${show(vant)}${ratio} | ${goal} |`;
  });
  const foreign = Math.max(...runs.map(({ foreignShare }) => foreignShare));
  const figures = `others used up to ${Math.round(100 * foreign)} % of the cores before a run`;
  const state = foreign > BUSY_SHARE ? `**The machine was busy: ${figures}.**` : `The machine was quiet (${figures}).`;
  return ['| | coturn | Vant | goal |', '| --- | --- | --- | --- |', ...lines, '', `${machine}. ${state}`].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
