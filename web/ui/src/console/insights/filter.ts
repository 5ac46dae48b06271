/** Whom the insights are asked about. It stands in the address, so that what one sees can be handed on. */

export interface Filter {
  department: string | null;
  role: string | null;
}

export function filterOf(query: string): Filter {
  const asked = new URLSearchParams(query);
  return { department: asked.get('department') || null, role: asked.get('role') || null };
}

/** The address of a page with its filter. */
export function filtered(path: string, filter: Filter): string {
  const set = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== null);
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`;
}

interface Choice {
  name: string;
  people: number;
}

/** What the server says may be asked for. */
export interface Offer {
  departments: Choice[];
  roles: Choice[];
  both: { department: string; role: string; people: number }[];
}

/** What can be chosen beside what is chosen already. That itself stays among it, whether it may still be asked for or not. */
export function offered({ departments, roles, both }: Offer, { department, role }: Filter): { departments: Choice[]; roles: Choice[] } {
  const kept = (choices: Choice[], name: string | null) =>
    name === null || choices.some((one) => one.name === name) ? choices : [...choices, { name, people: 0 }];
  return {
    departments: kept(
      role === null ? departments : both.filter((one) => one.role === role).map((one) => ({ name: one.department, people: one.people })),
      department,
    ),
    roles: kept(
      department === null ? roles : both.filter((one) => one.department === department).map((one) => ({ name: one.role, people: one.people })),
      role,
    ),
  };
}
