const WIDTHS = ['62%', '38%', '71%', '49%'];

/** The shape of messages while they are on their way. */
export function MessagesSkeleton() {
  return (
    <div class="skeleton" role="status" aria-label="Loading messages">
      {WIDTHS.map((width) => (
        <div key={width} class="skeleton-row" aria-hidden="true">
          <span class="skeleton-avatar" />
          <span class="skeleton-lines">
            <span class="skeleton-line skeleton-name" />
            <span class="skeleton-line" style={{ width }} />
          </span>
        </div>
      ))}
    </div>
  );
}
