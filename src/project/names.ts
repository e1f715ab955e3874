/** Where a project's things are made. */
export interface ProjectPlace {
  readonly account: string;
  readonly region: string;
}

/** Every name that a project gives: stable, so that what is made again replaces what was there. */
export interface ProjectNames {
  readonly bucket: string;
  readonly trainingRole: string;
  readonly modelRole: string;
  readonly functionRole: string;
  readonly endpoint: string;
  readonly function: string;
}

export const namesOf = (project: string, { account, region }: ProjectPlace): ProjectNames => ({
  bucket: `${project}-${account}-${region}`,
  trainingRole: `${project}-training`,
  modelRole: `${project}-model`,
  functionRole: `${project}-function`,
  endpoint: project,
  function: project,
});

const HASH_DIGITS = 12;
/** A short form of a hash for names that change with their content. */
export const shortHash = (hash: string): string => hash.slice(0, HASH_DIGITS);
