/** What the try-out seals its stand-ins' secrets with. They guard nothing but this machine's own play. */
export const SANDBOX_SECRET_KEY = 'the local try-out guards no secrets';
