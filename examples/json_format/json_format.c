/* A JSON pretty-printer for wasm32 without a C library.
 *
 *   char *input(size)             room for `size` bytes of JSON text
 *   int   format(size, indent)    formats it; length of the result, or -1 - (offset of the first error)
 *   char *output()                where the result is
 *
 * build.sh builds it.
 */

typedef unsigned long size;

#define PAGE 65536ul
#define MAX_DEPTH 512

extern char __heap_base;

static char *text, *end, *at; /* the input and the place in it */
static char *out, *out_start;
static int indent_width, depth;

static int grow_to(char *limit)
{
    size have = __builtin_wasm_memory_size(0) * PAGE;
    if ((size)limit <= have)
        return 1;
    return __builtin_wasm_memory_grow(0, ((size)limit - have + PAGE - 1) / PAGE) != (size)-1;
}

char *input(size bytes)
{
    text = &__heap_base;
    end = text + bytes;
    return grow_to(end) ? text : 0;
}

char *output(void)
{
    return out_start;
}

static int put(char c)
{
    if (((size)out & (PAGE - 1)) == 0 && !grow_to(out + PAGE))
        return 0;
    *out++ = c;
    return 1;
}

static int put_line(void)
{
    if (!put('\n'))
        return 0;
    for (int n = depth * indent_width; n > 0; n--)
        if (!put(' '))
            return 0;
    return 1;
}

static char peek(void)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at < end ? *at : 0;
}

static int copy_string(void)
{
    if (peek() != '"')
        return 0;
    do {
        if ((unsigned char)*at < ' ')
            return 0;
        if (*at == '\\') {
            put(*at++);
            if (at == end)
                return 0;
        }
        put(*at++);
        if (at == end)
            return 0;
    } while (*at != '"');
    put(*at++);
    return 1;
}

static int is_digit(void)
{
    return at < end && *at >= '0' && *at <= '9';
}

static int copy_digits(void)
{
    if (!is_digit())
        return 0;
    while (is_digit())
        put(*at++);
    return 1;
}

static int copy_number(void)
{
    if (at < end && *at == '-')
        put(*at++);
    if (at < end && *at == '0')
        put(*at++);
    else if (!copy_digits())
        return 0;
    if (at < end && *at == '.') {
        put(*at++);
        if (!copy_digits())
            return 0;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        put(*at++);
        if (at < end && (*at == '+' || *at == '-'))
            put(*at++);
        return copy_digits();
    }
    return 1;
}

static int copy_word(const char *word)
{
    for (; *word; word++) {
        if (at == end || *at != *word)
            return 0;
        put(*at++);
    }
    return 1;
}

static int copy_value(void);

static int copy_items(char close, int keys)
{
    put(*at++);
    if (peek() == close)
        return put(*at++);
    if (++depth > MAX_DEPTH)
        return 0;
    for (;;) {
        put_line();
        if (keys) {
            if (!copy_string() || peek() != ':')
                return 0;
            put(*at++);
            put(' ');
        }
        if (!copy_value())
            return 0;
        if (peek() != ',')
            break;
        put(*at++);
    }
    if (peek() != close)
        return 0;
    depth--;
    put_line();
    return put(*at++);
}

static int copy_value(void)
{
    switch (peek()) {
    case '{':
        return copy_items('}', 1);
    case '[':
        return copy_items(']', 0);
    case '"':
        return copy_string();
    case 't':
        return copy_word("true");
    case 'f':
        return copy_word("false");
    case 'n':
        return copy_word("null");
    default:
        return copy_number();
    }
}

int format(size bytes, int indent)
{
    end = text + bytes;
    at = text;
    depth = 0;
    indent_width = indent;
    out = out_start = (char *)(((size)end + PAGE - 1) & ~(PAGE - 1));
    if (copy_value() && peek() == 0 && at == end && put('\n'))
        return out - out_start;
    return -1 - (int)(at - text);
}
