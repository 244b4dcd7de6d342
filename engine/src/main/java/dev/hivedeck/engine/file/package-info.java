/**
 * Files and folders for their owner's eyes alone, folders that others wrote to, and the disks they
 * lie on. It decides nothing about what is in them.
 */
@NullMarked
package dev.hivedeck.engine.file;

import org.jspecify.annotations.NullMarked;
