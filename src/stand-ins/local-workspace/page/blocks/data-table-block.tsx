import { useState } from 'preact/hooks';
import { ChevronLeft, ChevronRight, SortIcon } from '../app/icons.tsx';
import { ScrollRegion } from '../app/scroll-region.tsx';
import type { BlockProps } from './block-list.tsx';
import { Cell } from './cell.tsx';
import { type Json, listOf, numberOf, textOf } from './shape.ts';
import { isNumeric, nextSorting, type Sorting, sortRows } from './sort-rows.ts';

interface PagerProps {
  page: number;
  pages: number;
  shown: string;
  onTurn(page: number): void;
}

function Pager({ page, pages, shown, onTurn }: PagerProps) {
  return (
    <div class="pager">
      <span>{shown}</span>
      <span class="pager-buttons">
        <button
          type="button"
          class="button-quiet"
          aria-label="Previous page"
          disabled={page === 0}
          onClick={() => onTurn(page - 1)}
        >
          <ChevronLeft />
        </button>
        <button
          type="button"
          class="button-quiet"
          aria-label="Next page"
          disabled={page >= pages - 1}
          onClick={() => onTurn(page + 1)}
        >
          <ChevronRight />
        </button>
      </span>
    </div>
  );
}

interface HeadProps {
  cell: Json;
  sorting: Sorting | null;
  column: number;
  alignment: string;
  onSort(): void;
}

function Head({ cell, sorting, column, alignment, onSort }: HeadProps) {
  const direction = sorting?.column === column ? sorting.direction : 'none';
  return (
    <th scope="col" class={alignment} aria-sort={direction}>
      <button type="button" class="sort" onClick={onSort}>
        <Cell cell={cell} />
        <SortIcon direction={direction} />
      </button>
    </th>
  );
}

/** A table that its reader may sort and leaf through. */
export function DataTableBlock({ block }: BlockProps) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [turned, setTurned] = useState(0);
  const [head = [], ...body] = (Array.isArray(block.rows) ? block.rows : []).map(listOf);
  const size = numberOf(block.page_size) ?? 5;
  const pages = Math.max(1, Math.ceil(body.length / size));
  const page = Math.min(turned, pages - 1);
  const rows = sortRows(body, sorting).slice(page * size, (page + 1) * size);
  const headColumn = numberOf(block.row_header_column_index) ?? -1;
  const alignment = (column: number) => (isNumeric(body, column) ? 'align-right' : 'align-left');
  const caption = textOf(block.caption);
  const last = Math.min(body.length, (page + 1) * size);
  return (
    <div class="data-table">
      <ScrollRegion class="table-scroll">
        <table class="table">
          <caption>{caption}</caption>
          <thead>
            <tr>
              {head.map((cell, column) => (
                <Head
                  key={column}
                  cell={cell}
                  sorting={sorting}
                  column={column}
                  alignment={alignment(column)}
                  onSort={() => {
                    setSorting(nextSorting(sorting, column));
                    setTurned(0);
                  }}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) =>
                  column === headColumn ? (
                    <th key={column} scope="row" class={alignment(column)}>
                      <Cell cell={cell} />
                    </th>
                  ) : (
                    <td key={column} class={alignment(column)}>
                      <Cell cell={cell} />
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {pages > 1 && (
        <Pager
          page={page}
          pages={pages}
          shown={`${page * size + 1}–${last} of ${body.length}`}
          onTurn={setTurned}
        />
      )}
    </div>
  );
}
