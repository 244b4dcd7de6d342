// Validates a GraphQL query against GitHub's schema; prints each mistake, and ends with 1.
import { readFileSync } from 'node:fs';
import { validate } from '@octokit/graphql-schema';

const mistakes = validate(readFileSync(process.argv[2], 'utf8'));
mistakes.forEach((mistake) => console.log(mistake.message));
process.exit(mistakes.length === 0 ? 0 : 1);
