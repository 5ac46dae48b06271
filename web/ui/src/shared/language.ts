/** The language of the words, for the document and for dates. */
export const LANGUAGE = 'en';
