/**
 * Reads what an admin wrote for the interviewer as a good interviewer would. The rules are those that the interviewer itself
 * is held to (engine/core/src/interviewer/rules-en.toml), for guidance, which tells as well as asks. Nothing is forbidden by
 * it: it says why something may do harm.
 */

export type Rule = 'leading' | 'double_barrelled' | 'loaded' | 'closed' | 'long_question' | 'long' | 'promise' | 'name' | 'contact';

/** What was found, and where: the very words. */
export interface Finding {
  rule: Rule;
  words: string;
}

/** Words of a question at most: longer ones are not held in memory by who hears them. */
export const QUESTION_MAX_WORDS = 30;
/** Words of guidance at most: of more than that the interviewer heeds a part. The library’s longest has 42. */
export const GUIDANCE_MAX_WORDS = 90;

const LEADING = [
  /\b(?:do|does|did|is|are|was|were|would|should|could|have|has|can|will)n['’]t (?:you|it|they|that|we|he|she|there|your)\b/i,
  /\bwould you (?:not )?agree\b/i,
  /\bdo you (?:not )?agree\b/i,
  /\b(?:surely|obviously|clearly|of course|no doubt|as we all know|we all know)\b/i,
  /\byou must (?:be|feel|have|find)\b/i,
  /\bis it (?:because|fair to say)\b/i,
  /\b(?:get|have|make|lead|push|nudge|bring) (?:them|him|her|the person|people|participants?) to (?:say|admit|agree|confirm|see|accept|realis|realiz)/i,
  /\bmake (?:them|him|her|the person|people|participants?) (?:say|admit|agree|see|accept)/i,
  /\b(?:convince|persuade) (?:them|him|her|the person|people|participants?)\b/i,
  /\b(?:confirm|prove|show|establish) that\b/i,
  /, (?:right|correct|no|yes|true)\?/i,
  /\b(?:isn|aren|wasn|weren|don|doesn|didn)['’]t (?:it|they|he|she|you)\?/i,
];

const LOADED =
  /\b(?:toxic|terrible|awful|horrible|dreadful|incompetent|lazy|useless|stupid|ridiculous|hate[sd]?|suffer(?:s|ed|ing)?|abusive|nightmare|disaster|chaos|unacceptable|outrageous|whiners?|whining|complainers?|disloyal|betray\w*|blame[sd]?|amazing|fantastic|awesome)\b/i;

const DOUBLE = [
  /\b(?:and|or),? (?:why|how|what|when|who|where|which|whether)\b/i,
  /\b(?:and|or),? (?:do|does|did|is|are|was|were|would|could|can|should|will|has|have) (?:you|it|that|they|there|your|the|he|she|we|this)\b/i,
  /\b(?:as well as|and also)\b/i,
  /\b(?:about|with|of|find) your (?:\w+ ){1,3}and your\b/i,
  /\bif so,? (?:what|why|how|when|who)\b/i,
];

const CLOSED =
  /^(?:and |so |but |ask )?(?:do|does|did|is|are|was|were|have|has|had|will|should) (?:you|your|the|it|there|that|they|this|he|she|people|anyone)\b/i;

const PROMISE =
  /\b(?:anonym\w+|guarantee\w*|off the record|nobody will (?:know|find out|read)|completely confidential|will be (?:fixed|solved|improved))\b/i;

/** Sentences, with their marks. */
function sentences(text: string): string[] {
  return (text.match(/[^.!?\n]+(?:[.!?]+|\n|$)/g) ?? []).map((sentence) => sentence.trim()).filter(Boolean);
}

const wordsOf = (text: string) => text.split(/\s+/).filter((word) => /\w/.test(word));

/** What is wrong with guidance, or with what a topic is about. */
export function lintGuidance(text: string): Finding[] {
  const found: Finding[] = [];
  const find = (rule: Rule, words: string | undefined) => {
    if (words && !found.some((one) => one.rule === rule && one.words === words)) found.push({ rule, words });
  };
  for (const sentence of sentences(text)) {
    for (const pattern of LEADING) find('leading', pattern.exec(sentence)?.[0]);
    find('loaded', LOADED.exec(sentence)?.[0]);
    find('promise', PROMISE.exec(sentence)?.[0]);
    if (!sentence.endsWith('?')) continue;
    if (DOUBLE.some((pattern) => pattern.test(sentence))) find('double_barrelled', sentence);
    if (CLOSED.test(sentence)) find('closed', sentence);
    if (wordsOf(sentence).length > QUESTION_MAX_WORDS) find('long_question', sentence);
  }
  // "Isn't it?" is found by two patterns; the longer one says it.
  const leading = found.filter((one) => one.rule === 'leading');
  const within = (one: Finding) => leading.some((other) => other !== one && other.words.length > one.words.length && other.words.includes(one.words));
  const all = found.filter((one) => one.rule !== 'leading' || !within(one));
  const length = wordsOf(text).length;
  if (length > GUIDANCE_MAX_WORDS) all.push({ rule: 'long', words: String(length) });
  return all;
}

/** First names that are not words as well: a guess, for a hint that can be read over. */
const NAMES = new Set(
  `adam ahmed aisha alan albert alex alexander alexandra alice amanda amir amy ana andrea andreas andrew andy angela anita ann anna
anne anthony anton antonio arthur barbara ben benjamin bernd bob brian carl carla carlos carol caroline catherine charles charlotte
chen chloe chris christian christina christine christopher clara claudia daniel daniela david deborah diana dieter dirk dmitri donald
edward elena elias elizabeth ella emil emily emma eric erik eva felix fernando florian francesca francois frank franz fritz gabriel
george gerhard giovanni greta hanna hannah hans heather heidi heinz helen helena henrik henry hugo ibrahim igor ines ingrid irina isabel
isabella ivan jack jacob jakob james jan jane janet jason jean jennifer jens jessica jim joan joe johan johanna johannes john jonas
jonathan jorge jose josef joseph juan julia julian jürgen karen karin karl karolina kate katherine katja kevin klaus lara larry
laura lena leo leon linda lisa lucas lucia luis luisa lukas magda manuel marco margaret maria marie mario markus martha martin
martina mary mateo matthew matthias max megan melanie mia michael michelle miguel mike miriam mohamed mohammed monica monika muhammad
nadia natalia natalie nathan nicholas nicole nikolai nina noah olaf oliver olivia omar oscar otto paola pablo patricia patrick paul
pavel pedro peter petra philip philipp pierre priya rachel rafael ralf ravi rebecca richard rita rob robert roberto robin roland ruth
ryan sabine sam samantha samir samuel sandra sanjay sara sarah sebastian sergei silvia simon simone sofia sonja sophia sophie stefan
stefanie stephanie stephen steve steven sue susan susanne sven sylvia tanja tatiana teresa theo theresa thomas tim timothy tina tobias
tom tomas tony ulrich ursula valentina vera victor victoria viktor vincent vladimir walter wei wendy werner william wolfgang
xavier yasmin yuki yusuf zoe`.split(/\s+/),
);

/** Who somebody is, before a name. */
const ROLE =
  /\b(?:manager|boss|supervisor|lead|leader|director|head|chief|ceo|cto|cfo|colleague|coworker|teammate|predecessor|mentor|assistant|nurse|doctor|engineer|recruiter|employee|[Ss]he|[Hh]e),? (?:is |was |called |named )?(\p{Lu}\p{Ll}{2,})/u;
const TITLE = /\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau)\.? \p{Lu}[\p{L}'’-]+/u;
const CONTACT = /[^\s@,;()]+@[^\s@,;()]+\.\w{2,}|\+?\d[\d ()/-]{7,}\d/;

/** Words with a capital after a role that are no names: days, months, and places of work. */
const NO_NAMES = new Set(
  `monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november
december the this that these those our their and human people team office europe germany france spain italy england britain america asia
africa india china japan north south east west ward sales marketing finance engineering product operations support customer`.split(/\s+/),
);

/** Who can be recognised in what only the interviewer knows. */
export function lintContext(text: string): Finding[] {
  const found: Finding[] = [];
  const find = (rule: Rule, words: string) => {
    if (!found.some((one) => one.rule === rule && (one.words.includes(words) || words.includes(one.words)))) found.push({ rule, words });
  };
  const contact = CONTACT.exec(text)?.[0];
  if (contact) find('contact', contact);
  const titled = TITLE.exec(text)?.[0];
  if (titled) find('name', titled);
  for (const [whole] of text.matchAll(/\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*/gu)) {
    const words = whole.split(' ');
    const first = words.findIndex((word) => NAMES.has(word.toLowerCase().replace(/['’]s$/, '')));
    if (first >= 0) find('name', words.slice(first).join(' ').replace(/['’]s$/, ''));
  }
  const role = ROLE.exec(text);
  if (role?.[1] && !NO_NAMES.has(role[1].toLowerCase())) find('name', role[1]);
  return found;
}

/** All that is found in a topic, by its field. */
export function lintTopic(topic: { guidance: string; description: string; context: string }): Record<'guidance' | 'description' | 'context', Finding[]> {
  return {
    guidance: lintGuidance(topic.guidance),
    description: lintGuidance(topic.description).filter((one) => one.rule !== 'long'),
    context: lintContext(topic.context),
  };
}
