const WIDTHS = ['58%', '72%', '46%', '64%'];

/** The shape of the list of conversations while it is on its way. */
export function SidebarSkeleton() {
  return (
    <div class="sidebar sidebar-skeleton" aria-hidden="true">
      {WIDTHS.map((width) => (
        <span key={width} class="skeleton-line" style={{ width }} />
      ))}
    </div>
  );
}
