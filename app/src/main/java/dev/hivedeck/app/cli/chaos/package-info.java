/** Game days: what Hivedeck runs is made to fail on schedule, and it is measured what follows. */
@NullMarked
package dev.hivedeck.app.cli.chaos;

import org.jspecify.annotations.NullMarked;
