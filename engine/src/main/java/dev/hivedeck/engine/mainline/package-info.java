/**
 * The branch that all work ends on, and the user's checkouts of it: merging, moving main, bringing
 * checkouts along. Main only ever moves forward, to a merge that was judged.
 */
package dev.hivedeck.engine.mainline;
