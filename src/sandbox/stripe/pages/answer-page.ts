import type { ApiRequest } from '../answer-api.ts';
import type { Processor } from '../processor.ts';

export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  html: string;
}

export async function answerPage(_processor: Processor, _request: ApiRequest): Promise<PageAnswer> {
  return { status: 404, headers: {}, html: '' };
}
