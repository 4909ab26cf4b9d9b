/** Layout blocks: what each is made of, and the surfaces it may be shown on. */
import { anyText, blockId, onePictureSource, pictureFields, plainText } from './composition.ts';
import { dataTable, dataVisualization, table } from './data.ts';
import { button, image, inActions, inInput, inSection } from './elements.ts';
import { richText } from './rich-text.ts';
import {
  boolean,
  byType,
  type Check,
  type Field,
  fault,
  type Json,
  list,
  object,
  oneOf,
  optional,
  required,
  type Surface,
  string,
} from './shapes.ts';

const block = (fields: Record<string, Field>, ...also: Check[]) =>
  object({ type: required(string()), block_id: blockId, ...fields }, ...also);

/** At least one of the fields must be there; the fault names them as Slack does. */
const either =
  (...names: string[]): Check =>
  (value, at, walk) => {
    const given = value as Json;
    if (names.every((name) => given[name] === undefined || given[name] === null)) {
      fault(walk, `must define either ${names.map((name) => `\`${name}\``).join(' or ')}`, at);
    }
  };

const everywhere: readonly Surface[] = ['message', 'modal', 'home'];

interface Rule {
  check: Check;
  surfaces: readonly Surface[];
}

const on = (surfaces: readonly Surface[], check: Check): Rule => ({ surfaces, check });

/** Every block that an app may send, by its type. */
const rules: Readonly<Record<string, Rule>> = {
  section: on(
    everywhere,
    block(
      {
        text: optional(anyText(3000)),
        fields: optional(list(anyText(2000), { min: 1, max: 10 })),
        accessory: optional(byType(inSection)),
        expand: optional(boolean),
      },
      either('text', 'fields'),
    ),
  ),
  actions: on(everywhere, block({ elements: required(list(byType(inActions), { min: 1, max: 25 })) })),
  context: on(
    everywhere,
    block({
      elements: required(
        list(byType({ image, plain_text: anyText(3000), mrkdwn: anyText(3000) }), { min: 1, max: 10 }),
      ),
    }),
  ),
  header: on(everywhere, block({ text: required(plainText(150)) })),
  divider: on(everywhere, block({})),
  image: on(everywhere, block({ ...pictureFields, title: optional(plainText(2000)) }, onePictureSource)),
  input: on(
    everywhere,
    block({
      label: required(plainText(2000)),
      element: required(byType(inInput)),
      hint: optional(plainText(2000)),
      optional: optional(boolean),
      dispatch_action: optional(boolean),
    }),
  ),
  rich_text: on(everywhere, richText),
  card: on(
    everywhere,
    block(
      {
        hero_image: optional(image),
        icon: optional(image),
        title: optional(anyText(150)),
        subtitle: optional(anyText(150)),
        body: optional(anyText(200)),
        subtext: optional(anyText(200)),
        actions: optional(list(byType({ button }), { min: 1, max: 3 })),
      },
      either('hero_image', 'title', 'actions', 'body'),
    ),
  ),
  alert: on(
    ['modal'],
    block({
      text: required(anyText(200)),
      level: optional(oneOf('default', 'info', 'warning', 'error', 'success')),
    }),
  ),
  markdown: on(['message'], block({ text: required(string({ min: 1, max: 12_000 })) })),
  table: on(['message'], table),
  data_table: on(['message'], dataTable),
  data_visualization: on(['message'], dataVisualization),
};

/** One block, as its surface allows. */
export const anyBlock: Check = (value, at, walk) => {
  const allowed = Object.entries(rules).filter(([, rule]) => rule.surfaces.includes(walk.surface));
  byType(Object.fromEntries(allowed.map(([type, rule]) => [type, rule.check])))(value, at, walk);
};
