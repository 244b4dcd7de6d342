/**
 * GitHub, and whatever has its API: where a repository is, whose token opens it, one GraphQL query
 * for a pull request, REST for the rest. A token goes to the linked address only, and into no log.
 */
@NullMarked
package dev.hivedeck.engine.forge.github;

import org.jspecify.annotations.NullMarked;
