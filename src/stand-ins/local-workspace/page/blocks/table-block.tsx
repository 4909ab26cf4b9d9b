import { ScrollRegion } from '../app/scroll-region.tsx';
import type { BlockProps } from './block-list.tsx';
import { Cell } from './cell.tsx';
import { isObject, listOf, textOf } from './shape.ts';

/** A table whose first row is its head, as Slack draws it. */
export function TableBlock({ block }: BlockProps) {
  const rows = (Array.isArray(block.rows) ? block.rows : []).map(listOf);
  const settings = Array.isArray(block.column_settings) ? block.column_settings : [];
  const classOf = (column: number): string => {
    const setting: unknown = settings[column];
    if (!isObject(setting)) return 'align-left';
    return `align-${textOf(setting.align, 'left')}${setting.is_wrapped === true ? ' is-wrapped' : ''}`;
  };
  const [head = [], ...body] = rows;
  return (
    <ScrollRegion class="table-scroll">
      <table class="table">
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column} scope="col" class={classOf(column)}>
                <Cell cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={classOf(column)}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
