/** Several changes at once: who is to blame where they fail, and what is written down of it. */
@NullMarked
package dev.hivedeck.engine.change.batch;

import org.jspecify.annotations.NullMarked;
