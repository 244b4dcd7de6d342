/** Requests at a set rate, for practice and for measurements. */
@NullMarked
package dev.hivedeck.app.cli.load;

import org.jspecify.annotations.NullMarked;
