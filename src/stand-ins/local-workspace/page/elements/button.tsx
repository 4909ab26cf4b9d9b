import { Spinner } from '../app/spinner.tsx';
import { plainTextOf, textOf } from '../blocks/shape.ts';
import { placeOfTab, tabOfAddress } from '../state/app-tabs.ts';
import { openPlace } from '../state/navigate.ts';
import { isSafeUrl } from '../text/inline.ts';
import { Plain } from '../text/text-object.tsx';
import { type ElementProps, useElement } from './use-element.ts';

const styleOf = (style: unknown): string =>
  style === 'primary' || style === 'danger' ? `button button-${style}` : 'button';

/** A button; it shows that its click is under way and takes no second one meanwhile. One of the app's tabs it opens here. */
export function ButtonElement(props: ElementProps) {
  const { element } = props;
  const { domId, isBusy, tell } = useElement(props);
  const url = textOf(element.url);
  const tab = tabOfAddress(url);
  const label = textOf(element.accessibility_label) || undefined;
  const text = (
    <span class="button-text">
      <Plain text={plainTextOf(element.text)} />
    </span>
  );
  if (isSafeUrl(url)) {
    return (
      <a
        id={domId}
        class={styleOf(element.style)}
        href={url}
        target="_blank"
        rel="noreferrer"
        aria-label={label}
        onClick={() => tell()}
      >
        {text}
      </a>
    );
  }
  return (
    <button
      id={domId}
      type="button"
      class={styleOf(element.style)}
      aria-label={label}
      aria-busy={isBusy}
      aria-disabled={isBusy}
      onClick={() => {
        tell();
        const place = tab === undefined ? undefined : placeOfTab(tab);
        if (place !== undefined) openPlace(place);
      }}
    >
      {text}
      {isBusy && <Spinner />}
    </button>
  );
}
