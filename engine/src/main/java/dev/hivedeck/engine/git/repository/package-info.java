/**
 * The user's repository: refs, hidden refs, held commits, locks, kept work. It never touches the
 * user's index, stash or hooks, and deletes no branch that is not merged.
 */
package dev.hivedeck.engine.git.repository;
