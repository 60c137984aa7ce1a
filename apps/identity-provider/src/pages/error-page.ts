import { document } from './page.js';
import { messagePage } from './pages.js';

/** What a person sees when a client sent them with something that can not be answered. OAuth's code is for whoever is asked for help. */
export const errorPage = (code: string): string =>
  document(
    messagePage(
      'You can not sign in this way',
      `The application asked for something that is not offered here (${code}). Go back to it and begin again; if it stays so, tell whoever runs it.`,
    ),
  );
