/**
 * What months of traffic are drawn from, in one table. Ordinary traffic is what small, medium and large offices do; fraud
 * is as public sources describe it, which docs/surprises.md names beside each row. Ranges are [least, most]; money is
 * dollars, shares are of one.
 */

export type Range = readonly [least: number, most: number];

/** Days before the measured ones, which are the history; a new office has few. */
export const HISTORY_DAYS = 28;
export const MEASURED_DAYS = 30;

export const ZONES = [
  'America/New_York',
  'America/Los_Angeles',
  'America/Chicago',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Sydney',
] as const;

/** How much an office does on a workday, and what of it. */
export const OFFICES = {
  small: { perDay: [15, 60], countries: [1, 3], campaigns: [0, 0], campaignTexts: [0, 0], newCountry: 0.05 },
  medium: {
    perDay: [150, 600],
    countries: [3, 8],
    campaigns: [0, 4],
    campaignTexts: [300, 2_500],
    newCountry: 0.15,
  },
  large: {
    perDay: [1_000, 3_000],
    countries: [6, 15],
    campaigns: [0, 5],
    campaignTexts: [1_000, 8_000],
    newCountry: 0.3,
  },
} as const satisfies Record<string, OfficeParameters>;

interface OfficeParameters {
  /** Calls and messages on a workday. */
  perDay: Range;
  /** Countries that it calls as a habit. */
  countries: Range;
  /** Campaigns of texts in 30 days, at work time, on a weekday of their own. */
  campaigns: Range;
  campaignTexts: Range;
  /** How likely it is on a workday that a country is called for the first time. */
  newCountry: number;
}

/** How the day of an office looks: the weight of each local hour, and of a weekend against a workday. */
export const SHAPES = {
  business: {
    hours: [
      0, 0, 0, 0, 0, 0, 0.1, 0.4, 1, 1.4, 1.5, 1.3, 0.9, 1.2, 1.4, 1.3, 1.1, 0.7, 0.3, 0.15, 0.1, 0.05, 0, 0,
    ],
    weekend: 0.03,
  },
  retail: {
    hours: [0, 0, 0, 0, 0, 0, 0, 0.1, 0.4, 1, 1.3, 1.4, 1.4, 1.3, 1.3, 1.3, 1.3, 1.2, 1, 0.7, 0.3, 0.1, 0, 0],
    weekend: 0.7,
  },
  support: {
    hours: [
      0.4, 0.3, 0.3, 0.3, 0.3, 0.4, 0.6, 0.8, 1, 1.2, 1.3, 1.3, 1.2, 1.2, 1.2, 1.2, 1.1, 1, 0.9, 0.9, 0.8,
      0.7, 0.6, 0.5,
    ],
    weekend: 0.6,
  },
  abroad: {
    hours: [
      0.3, 0.2, 0.1, 0, 0, 0.1, 0.3, 0.6, 1, 1.2, 1.2, 1, 0.8, 1, 1.1, 1, 0.8, 0.6, 0.5, 0.6, 0.8, 0.8, 0.6,
      0.4,
    ],
    weekend: 0.08,
  },
} as const satisfies Record<string, { hours: readonly number[]; weekend: number }>;

/** Of an office's calls and messages, what share each type has, how long it lasts and what a minute or piece costs. */
export const TYPES = {
  domestic: { share: [0.35, 0.5], minutes: [1, 9], price: [0.01, 0.02] },
  'toll-free': { share: [0.05, 0.15], minutes: [1, 9], price: [0.02, 0.03] },
  international: { share: [0.03, 0.15], minutes: [1, 14], price: [0.02, 0.4] },
  sms: { share: [0.2, 0.45], minutes: [0, 0], price: [0.0075, 0.01] },
  ai: { share: [0, 0.05], minutes: [0, 0], price: [0.05, 0.5] },
} as const satisfies Record<string, { share: Range; minutes: Range; price: Range }>;

/** What makes one month unlike another. */
export const LIFE = {
  /** Growth of the traffic over 30 days. */
  growth: [-0.15, 0.3],
  /** The last two workdays of a month. */
  monthEnd: [1.2, 1.8],
  /** Public holidays in 58 days: a workday as quiet as a weekend, and the day after busier. */
  holidays: [0, 3],
  afterHoliday: [1.1, 1.5],
  /** How unlike one day is to the next. */
  day: [0.75, 1.3],
  /** A campaign against the size that an office's campaigns have. */
  campaign: [0.7, 1.4],
  /** Calls to a country that is called for the first time: one trip, one supplier, one candidate. */
  newCountryCalls: [1, 5],
  /** How often that is in the evening or at a weekend. */
  newCountryLate: 0.15,
  /** How often a month begins a project with a country: calls a day to it, from then on. */
  project: 0.15,
  projectCalls: [3, 12],
} as const satisfies Record<string, number | Range>;

/** Countries of ordinary calls, by ISO code. */
export const ORDINARY_COUNTRIES = [
  ...[
    'GB',
    'DE',
    'FR',
    'MX',
    'IN',
    'PH',
    'AU',
    'JP',
    'BR',
    'IE',
    'NL',
    'ES',
    'IT',
    'PL',
    'VN',
    'SG',
    'IL',
    'SE',
  ],
  ...['CH', 'KR', 'CO', 'AR', 'ZA', 'NZ', 'PT', 'DK', 'CR', 'TR'],
];
/** Countries that descriptions of revenue share fraud, call-backs and pumping name. */
export const FRAUD_COUNTRIES = [
  ...[
    'CU',
    'SO',
    'GM',
    'MV',
    'LV',
    'LT',
    'SL',
    'HT',
    'MR',
    'TN',
    'BA',
    'EE',
    'ZW',
    'GN',
    'SN',
    'TD',
    'JM',
    'DO',
  ],
  ...['TC', 'CK', 'ML', 'MC', 'KZ', 'CI'],
];
const PUMPED_COUNTRIES = ['ID', 'UZ', 'NG', 'LK', 'BD', 'KG', 'TJ', 'PK', 'IR', 'MM'];

export interface FraudParameters {
  /** When it begins: local hours of the day, and how likely at a weekend. */
  hours: readonly number[];
  weekend: number;
  /** How long it lasts, in hours. */
  lasts: Range;
  /** Lines in use at once; of texts, pieces a minute. */
  lines: Range;
  /** Minutes of a call; 0: a piece. */
  minutes: Range;
  /** What a minute or piece costs. */
  price: Range;
  countries: Range;
  from: readonly string[];
  type: 'international' | 'toll-free' | 'domestic' | 'sms';
}

const NIGHT = [19, 20, 21, 22, 23, 0, 1, 2, 3, 4];
const DAY = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
const ALWAYS = [...NIGHT, 5, 6, 7, ...DAY, 18];

/** Toll fraud by kind. */
export const FRAUDS = {
  /** A hacked PBX over a weekend, with many lines at once. */
  'pbx-weekend': {
    hours: ALWAYS,
    weekend: 1,
    lasts: [6, 44],
    lines: [5, 60],
    minutes: [1, 20],
    price: [0.4, 3],
    countries: [1, 6],
    from: FRAUD_COUNTRIES,
    type: 'international',
  },
  /** A hacked PBX or a stolen SIP account at night. */
  'pbx-night': {
    hours: NIGHT,
    weekend: 0,
    lasts: [2, 9],
    lines: [2, 30],
    minutes: [2, 35],
    price: [0.4, 3],
    countries: [1, 4],
    from: FRAUD_COUNTRIES,
    type: 'international',
  },
  /** Premium ranges called at work time, among ordinary calls. */
  'irsf-day': {
    hours: DAY,
    weekend: 0,
    lasts: [2, 8],
    lines: [2, 12],
    minutes: [2, 15],
    price: [0.5, 3],
    countries: [1, 3],
    from: FRAUD_COUNTRIES,
    type: 'international',
  },
  /** One-ring calls in the night that people call back, most of them the next morning. */
  wangiri: {
    hours: [6, 7, 8, 9, 10],
    weekend: 0.2,
    lasts: [1, 4],
    lines: [1, 5],
    minutes: [1, 6],
    price: [0.8, 4],
    countries: [1, 2],
    from: FRAUD_COUNTRIES,
    type: 'international',
  },
  /** Robots that call a toll-free line, whose owner pays by the minute. */
  'toll-free-pumping': {
    hours: ALWAYS,
    weekend: 0.4,
    lasts: [4, 48],
    lines: [40, 200],
    minutes: [1, 10],
    price: [0.02, 0.03],
    countries: [1, 1],
    from: ['US'],
    type: 'toll-free',
  },
  /** Calls from a hijacked system to rural numbers with high access charges. */
  'access-stimulation': {
    hours: ALWAYS,
    weekend: 0.4,
    lasts: [4, 48],
    lines: [20, 120],
    minutes: [10, 60],
    price: [0.02, 0.25],
    countries: [1, 1],
    from: ['US'],
    type: 'domestic',
  },
  /** Codes that a robot has sent to blocks of adjacent numbers. */
  'sms-pumping': {
    hours: ALWAYS,
    weekend: 0.35,
    lasts: [1, 12],
    lines: [5, 120],
    minutes: [0, 0],
    price: [0.05, 0.3],
    countries: [1, 3],
    from: PUMPED_COUNTRIES,
    type: 'sms',
  },
} as const satisfies Record<string, FraudParameters>;

export type FraudKind = keyof typeof FRAUDS;

/** When usage arrives: a call once it is over, and so many seconds later. */
export const ARRIVAL = {
  seconds: [1, 20],
  /** How often a record is late, and by how many minutes. */
  late: 0.02,
  lateMinutes: [5, 240],
} as const satisfies Record<string, number | Range>;
