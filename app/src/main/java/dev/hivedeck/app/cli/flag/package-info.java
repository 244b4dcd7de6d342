/** Feature flags at the command line. */
@NullMarked
package dev.hivedeck.app.cli.flag;

import org.jspecify.annotations.NullMarked;
