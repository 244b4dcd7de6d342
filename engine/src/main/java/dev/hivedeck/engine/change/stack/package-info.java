/** Which change stands on which, as the ledger knows it. */
@NullMarked
package dev.hivedeck.engine.change.stack;

import org.jspecify.annotations.NullMarked;
