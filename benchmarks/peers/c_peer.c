/* The canonical scenario in C: the limit to compare with. One thread, gcc -O3 -march=native.
 *
 * A year of one rep (52 weeks of 40 hours) is simulated at a time, and everything of it stays in the first-level cache:
 *   1. one 32-bit word of Philox4x32-10 an hour, 2 * WIDTH counters at a time;
 *   2. words to meetings by inversion: a meeting for every integer threshold that the word reaches;
 *   3. meetings to a list of their hours, without a branch; one word an item, one compare, and the
 *      list is thinned to opportunities, then to wins;
 *   4. counts for every horizon: only wins, one a week, touch the histograms.
 * SIMD by GCC's vector extensions; only the widening product needs an intrinsic of the processor.
 *
 * Usage: c_peer words           the first words of Philox with key 0, one a line, for the test
 *        c_peer run REPS SEED   counts of REPS years of one rep, as JSON
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

enum {
    HOURS_PER_DAY = 8, /* the counts of a day are the eight bytes of a 64-bit word, on a little-endian machine */
    DAYS_PER_WEEK = 5,
    HOURS_PER_WEEK = HOURS_PER_DAY * DAYS_PER_WEEK,
    WEEKS = 52,
    DAYS = WEEKS * DAYS_PER_WEEK,
    HOURS = WEEKS * HOURS_PER_WEEK,
    BLOCKS = (HOURS + 63) / 64, /* of 64 hours; the hours of the last that lie after the year stay empty */
    CALLS_PER_WEEK = 500,
    PATTERN = 4, /* 12, 13, 12, 13 calls an hour: what repeats through the year */
    MOST_PER_HOUR = 7, /* an eighth success of 13 calls has a chance below 2^-32 */
    MOST_ITEMS = HOURS * MOST_PER_HOUR,
    MOST_WINS = 512, /* in a year, where histograms end: 52 on average, standard deviation 7 */
#ifdef __AVX512F__
    WIDTH = 8 /* 64-bit lanes of a vector register */
#else
    WIDTH = 4
#endif
};
_Static_assert(CALLS_PER_WEEK * PATTERN % HOURS_PER_WEEK == 0, "the calls of an hour repeat after PATTERN hours");
_Static_assert(HOURS_PER_WEEK % PATTERN == 0 && HOURS % 32 == 0, "whole patterns and whole vectors");
static const double MEETING_RATE = 0.02, OPPORTUNITY_RATE = 0.20, WIN_RATE = 0.50;

enum horizon { HOUR, DAY, WEEK, MONTH, QUARTER, YEAR, HORIZONS };
static const char *const NAMES[HORIZONS] = {"hour", "day", "week", "month", "quarter", "year"};
static const int WINDOWS[HORIZONS] = {HOURS, DAYS, WEEKS, 12, 4, 1};

/* Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) */

/* Counters are held one in 64 bits, of which only the lower half counts: a product of two 32-bit numbers then falls
 * into place, its lower half where the next round wants it, and the upper half after one shift. */
typedef uint64_t lanes __attribute__((vector_size(8 * WIDTH)));

static inline lanes multiply(lanes x, uint32_t factor)
{
#if defined __AVX512F__
    return (lanes)_mm512_mul_epu32((__m512i)x, _mm512_set1_epi64(factor));
#elif defined __AVX2__
    return (lanes)_mm256_mul_epu32((__m256i)x, _mm256_set1_epi64x(factor));
#else
    return (x & UINT32_MAX) * factor;
#endif
}

static inline void philox_round(lanes c[4], uint32_t k0, uint32_t k1)
{
    lanes product0 = multiply(c[0], 0xD2511F53u), product1 = multiply(c[2], 0xCD9E8D57u);
    c[0] = product1 >> 32 ^ c[1] ^ k0;
    c[1] = product1;
    c[2] = product0 >> 32 ^ c[3] ^ k1;
    c[3] = product0;
}

/* Counters (0, purpose, year), (1, purpose, year), ... under key `seed`: at least `needed` words, of 2 * WIDTH counters
 * at a time; first the first word of each, then the second, the third, the fourth. */
static void philox(uint64_t seed, uint64_t year, uint32_t purpose, int needed, uint32_t *words)
{
    lanes number;
    for (int i = 0; i < WIDTH; i++)
        number[i] = (uint64_t)i;
    for (uint32_t counter = 0; 4 * (int)counter < needed; counter += 2 * WIDTH, words += 8 * WIDTH) {
        lanes zero = {0}, a[4] = {number + counter, zero + purpose, zero + (uint32_t)year, zero + (year >> 32)};
        lanes b[4] = {a[0] + WIDTH, a[1], a[2], a[3]};
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
        for (int r = 0; r < 10; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
            philox_round(a, k0, k1);
            philox_round(b, k0, k1);
        }
        for (int i = 0; i < 4; i++) {
            lanes both = (a[i] & UINT32_MAX) | b[i] << 32;
            memcpy(words + 2 * WIDTH * i, &both, sizeof both);
        }
    }
}

/* Thresholds */

typedef struct {
    /* The k-th meeting of an hour happens if its word exceeds [hour % PATTERN][k - 1]. Both with the top bit
     * flipped, which keeps the order and makes them signed: what SIMD units compare. */
    int32_t meetings[PATTERN][MOST_PER_HOUR];
    uint32_t opportunity, win; /* an item goes on if its word is below */
} thresholds;

static uint32_t threshold(double probability)
{
    return (uint32_t)floor(ldexp(probability, 32) + 0.5);
}

/* The signed number that a word exceeds with the chance 1 - probability. */
static int32_t exceeded(double probability)
{
    double scaled = floor(ldexp(probability, 32) + 0.5) - 1;
    return scaled >= UINT32_MAX ? INT32_MAX : (int32_t)(scaled - 2147483648.0);
}

static int calls_of_hour(int hour)
{
    return (hour + 1) * CALLS_PER_WEEK / HOURS_PER_WEEK - hour * CALLS_PER_WEEK / HOURS_PER_WEEK;
}

static thresholds make_thresholds(void)
{
    thresholds t = {.opportunity = threshold(OPPORTUNITY_RATE), .win = threshold(WIN_RATE)};
    for (int hour = 0; hour < PATTERN; hour++) {
        int calls = calls_of_hour(hour);
        double chance = pow(1 - MEETING_RATE, calls), below = chance;
        for (int k = 0; k < MOST_PER_HOUR; k++) {
            t.meetings[hour][k] = exceeded(below);
            chance *= (calls - k) * MEETING_RATE / ((k + 1) * (1 - MEETING_RATE));
            below += chance;
        }
    }
    return t;
}

/* What is counted */

typedef struct {
    uint64_t at_least[HORIZONS][MOST_WINS + 1]; /* [h][k]: periods with at least k + 1 wins */
    uint64_t first_sum, opportunities;
    uint64_t first_squares[HORIZONS];
} tally;

typedef struct {
    uint32_t words[MOST_ITEMS + 8 * WIDTH];
    uint64_t meetings[BLOCKS * 8]; /* a day in a word, an hour in a byte */
    uint16_t items[MOST_ITEMS + 8]; /* the hour of each item, in the order of time */
    uint8_t week_of_hour[HOURS], month_of_week[WEEKS];
} workspace;

typedef int32_t eight __attribute__((vector_size(32)));

/* Word 8 j + i of 32 gives the meetings of hour 4 i + j: four vectors of counts then fold into one of bytes. */
static void draw_meetings(const uint32_t *words, const thresholds *t, uint64_t *meetings)
{
    for (int hour = 0; hour < HOURS; hour += 32, meetings += 4) {
        eight bytes = {0};
        for (int j = 0; j < PATTERN; j++, words += 8) {
            eight drawn, count = {0};
            memcpy(&drawn, words, sizeof drawn);
            drawn ^= INT32_MIN;
            for (int k = 0; k < MOST_PER_HOUR; k++)
                count -= drawn > t->meetings[j][k]; /* true is -1 */
            bytes |= count << 8 * j;
        }
        memcpy(meetings, &bytes, sizeof bytes);
    }
}

/* A set bit for every byte that is not zero; no byte exceeds 7. */
static inline uint64_t busy_hours(uint64_t day)
{
    uint64_t ones = ((day + UINT64_C(0x7F7F7F7F7F7F7F7F)) >> 7) & UINT64_C(0x0101010101010101);
    return ones * UINT64_C(0x0102040810204080) >> 56;
}

/* Writes the hour of each meeting to `items` and returns how many there are. */
static int list_meetings(const uint64_t *restrict meetings, uint16_t *restrict items)
{
    int n = 0;
    for (int block = 0; block < BLOCKS; block++) {
        uint64_t busy = 0;
        for (int day = 0; day < 8; day++)
            busy |= busy_hours(meetings[8 * block + day]) << 8 * day;
        for (; busy; busy &= busy - 1) {
            int hour = 64 * block + __builtin_ctzll(busy);
            for (int k = 0; k < 8; k++) /* always as many as there could be, so that nothing is to be predicted */
                items[n + k] = (uint16_t)hour;
            n += ((const uint8_t *)meetings)[hour];
        }
    }
    return n;
}

/* Keeps the items whose word is below the threshold, in place, and returns how many there are. */
static int thin(uint16_t *items, int n, const uint32_t *words, uint32_t below)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        items[kept] = items[i];
        kept += words[i] < below;
    }
    return kept;
}

static inline uint64_t square(uint64_t x)
{
    return x * x;
}

static void count_meetings(const uint64_t *meetings, const uint8_t *month_of_week, tally *t)
{
    const uint8_t *hours = (const uint8_t *)meetings;
    uint32_t hour_squares = 0;
    for (int hour = 0; hour < HOURS; hour++)
        hour_squares += (uint32_t)(hours[hour] * hours[hour]);
    uint64_t year = 0, day_squares = 0, week_squares = 0, months[12] = {0}, quarters[4] = {0};
    for (int week = 0; week < WEEKS; week++) {
        uint64_t of_week = 0;
        for (int day = 0; day < DAYS_PER_WEEK; day++) {
            uint64_t of_day = *meetings++ * UINT64_C(0x0101010101010101) >> 56; /* the sum of its bytes */
            day_squares += square(of_day);
            of_week += of_day;
        }
        week_squares += square(of_week);
        months[month_of_week[week]] += of_week;
    }
    for (int month = 0; month < 12; month++) {
        t->first_squares[MONTH] += square(months[month]);
        quarters[month / 3] += months[month];
    }
    for (int quarter = 0; quarter < 4; quarter++) {
        t->first_squares[QUARTER] += square(quarters[quarter]);
        year += quarters[quarter];
    }
    t->first_sum += year;
    t->first_squares[HOUR] += hour_squares;
    t->first_squares[DAY] += day_squares;
    t->first_squares[WEEK] += week_squares;
    t->first_squares[YEAR] += square(year);
}

/* Moves every period of a win up by one: what was at k wins before, is now at least at k + 1. */
static void count_wins(const uint16_t *items, int n, const workspace *w, tally *t)
{
    uint8_t wins[HOURS] = {0}, days[DAYS] = {0}, weeks[WEEKS] = {0};
    uint16_t months[12] = {0}, quarters[4] = {0};
    for (int i = 0; i < n; i++) {
        int hour = items[i], week = w->week_of_hour[hour], month = w->month_of_week[week];
        t->at_least[HOUR][wins[hour]++]++;
        t->at_least[DAY][days[hour / HOURS_PER_DAY]++]++;
        t->at_least[WEEK][weeks[week]++]++;
        t->at_least[MONTH][months[month]++]++;
        t->at_least[QUARTER][quarters[month / 3]++]++;
        t->at_least[YEAR][i]++;
    }
}

static void simulate_year(uint64_t seed, uint64_t year, const thresholds *limits, workspace *w, tally *t)
{
    philox(seed, year, 0, HOURS, w->words);
    draw_meetings(w->words, limits, w->meetings);
    count_meetings(w->meetings, w->month_of_week, t);
    int n = list_meetings(w->meetings, w->items);
    philox(seed, year, 1, n, w->words);
    n = thin(w->items, n, w->words, limits->opportunity);
    t->opportunities += (uint64_t)n;
    philox(seed, year, 2, n, w->words);
    n = thin(w->items, n, w->words, limits->win);
    if (n > MOST_WINS)
        abort(); /* more than 60 standard deviations above the mean */
    count_wins(w->items, n, w, t);
}

static void print_counts(const tally *t, uint64_t years, double seconds)
{
    printf("{\"seconds\": %.9f, \"opportunities\": %" PRIu64 ", \"first_sum\": %" PRIu64 ", \"horizons\": {", seconds,
           t->opportunities, t->first_sum);
    for (int h = 0; h < HORIZONS; h++) {
        printf("%s\"%s\": {\"first_squares\": %" PRIu64 ", \"wins\": [", h ? ", " : "", NAMES[h], t->first_squares[h]);
        uint64_t reached = years * (uint64_t)WINDOWS[h];
        for (int k = 0; reached; reached = t->at_least[h][k++])
            printf("%s%" PRIu64, k ? ", " : "", reached - t->at_least[h][k]);
        printf("]}");
    }
    printf("}}\n");
}

/* Processor time of this process. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int run(uint64_t years, uint64_t seed)
{
    static tally t;
    static _Alignas(64) workspace w;
    for (int hour = 0; hour < HOURS; hour++)
        w.week_of_hour[hour] = (uint8_t)(hour / HOURS_PER_WEEK);
    for (int week = 0; week < WEEKS; week++) { /* months of 4, 4 and 5 weeks */
        int in_quarter = week % 13;
        w.month_of_week[week] = (uint8_t)(week / 13 * 3 + (in_quarter >= 4) + (in_quarter >= 8));
    }
    thresholds limits = make_thresholds();
    double start = now();
    for (uint64_t year = 0; year < years; year++)
        simulate_year(seed, year, &limits, &w, &t);
    print_counts(&t, years, now() - start);
    return 0;
}

static int print_words(void)
{
    uint32_t words[8 * WIDTH];
    philox(0, 0, 0, 4, words);
    for (int i = 0; i < 4; i++)
        printf("%08" PRIx32 "\n", words[2 * WIDTH * i]);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "words") == 0)
        return print_words();
    if (argc == 4 && strcmp(argv[1], "run") == 0)
        return run(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    fprintf(stderr, "usage: c_peer words | c_peer run YEARS SEED\n");
    return 2;
}
