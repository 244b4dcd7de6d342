/** What services printed: bounded, on disk, without secrets. */
@NullMarked
package dev.hivedeck.engine.service.log;

import org.jspecify.annotations.NullMarked;
