import { DotsIcon } from '../app/icons.tsx';
import { Menu } from '../app/menu.tsx';
import { Spinner } from '../app/spinner.tsx';
import { listOf, plainTextOf, textOf } from '../blocks/shape.ts';
import { isSafeUrl } from '../text/inline.ts';
import { type ElementProps, useElement } from './use-element.ts';

/** The "more" menu of up to five options. */
export function Overflow(props: ElementProps) {
  const { domId, isBusy, tell } = useElement(props);
  const options = listOf(props.element.options);
  const pick = (value: string) => {
    const url = textOf(options.find((option) => textOf(option.value) === value)?.url);
    if (isSafeUrl(url)) window.open(url, '_blank', 'noreferrer');
    tell(value);
  };
  return (
    <Menu
      id={domId}
      label="More actions"
      buttonClass="button button-icon"
      isBusy={isBusy}
      items={options.map((option) => ({ value: textOf(option.value), text: plainTextOf(option.text) }))}
      onPick={pick}
    >
      {isBusy ? <Spinner /> : <DotsIcon />}
    </Menu>
  );
}
