interface LegendProps {
  entries: readonly { name: string; value: string }[];
  isColumn: boolean;
}

export function Legend({ entries, isColumn }: LegendProps) {
  return (
    <ul class={isColumn ? 'legend legend-column' : 'legend'}>
      {entries.map((entry, index) => (
        <li key={entry.name}>
          <span class={`legend-key back-${index % 8}`} />
          <span>{entry.name}</span>
          {entry.value !== '' && <span class="legend-value">{entry.value}</span>}
        </li>
      ))}
    </ul>
  );
}
