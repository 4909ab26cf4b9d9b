import { useState } from 'preact/hooks';
import { type Json, objectOf, textOf } from './shape.ts';

interface PictureProps {
  picture: Json;
  kind: 'thumb' | 'tiny' | 'full' | 'hero';
}

/** A picture that the app sent, or its words when it can't be loaded. */
export function Picture({ picture, kind }: PictureProps) {
  const [isMissing, setMissing] = useState(false);
  const url = textOf(picture.image_url) || textOf(objectOf(picture.slack_file)?.url);
  const alt = textOf(picture.alt_text);
  if (isMissing || url === '') return <span class={`picture-missing picture-${kind}`}>{alt}</span>;
  return (
    <img
      class={`picture picture-${kind}`}
      src={url}
      alt={alt}
      loading="lazy"
      onError={() => setMissing(true)}
    />
  );
}
